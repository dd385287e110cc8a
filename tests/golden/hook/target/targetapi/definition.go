package targetapi

import (
	"github.com/microbus-io/fabric/define"
)

const (
	Hostname = "target.golden"
	Name     = "target"
	Version  = 1
)

var OnSaved = define.OutboundEvent{ // want event POST target.golden:417/on-saved
	Host: Hostname, Method: "POST", Route: ":417/on-saved",
}

var OnMoved = define.OutboundEvent{ // want event POST target.golden:417/on-moved
	Host: Hostname, Method: "POST", Route: ":417/on-moved",
}
