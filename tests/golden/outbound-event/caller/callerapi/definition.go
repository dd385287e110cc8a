package callerapi

import (
	"github.com/microbus-io/fabric/define"
)

const (
	Hostname = "caller.golden"
	Name     = "caller"
	Version  = 1
)

var OnDone = define.OutboundEvent{ // want event POST caller.golden:417/on-done
	Host: Hostname, Method: "POST", Route: ":417/on-done",
}

var OnElsewhere = define.OutboundEvent{ // want event POST elsewhere.golden:443/on-elsewhere
	Host: Hostname, Method: "POST", Route: "//elsewhere.golden/on-elsewhere",
}
