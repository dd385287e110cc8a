package callerapi

import (
	"github.com/microbus-io/fabric/define"
	"golden.example/target/targetapi"
)

const (
	Hostname = "caller.golden"
	Name     = "caller"
	Version  = 1
)

var WhenMoved = define.InboundEvent{ // want hook POST target.golden:417/on-moved
	Source: targetapi.OnMoved,
}
