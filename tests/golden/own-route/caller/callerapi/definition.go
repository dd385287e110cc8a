package callerapi

import (
	"github.com/microbus-io/fabric/define"
)

const (
	Hostname = "caller.golden"
	Name     = "caller"
	Version  = 1
)

var Here = define.Function{
	Host: Hostname, Method: "GET", Route: ":443/here",
}

var There = define.Web{
	Host: Hostname, Method: "ANY", Route: "//there.golden:0/{rest...}",
}

var Danger = define.Function{
	Host: Hostname, Method: "POST", Route: ":666/danger",
}
