// Package callerapi is what others need to call caller.golden.
package callerapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "caller.golden"
	Name        = "Caller"
	Version     = 1
	Description = `The caller microservice is there to be called.`
)

// Own is an endpoint.
var Own = define.Function{ // MARKER: Own
	Host: Hostname, Method: "GET", Route: ":443/own",
	In: OwnIn{}, Out: OwnOut{},
}

// OwnIn has the inputs of Own.
type OwnIn struct{}

// OwnOut has the outputs of Own.
type OwnOut struct{}

// OnIdle is an event.
var OnIdle = define.OutboundEvent{ // want event POST caller.golden:417/on-idle
	Host: Hostname, Method: "POST", Route: ":417/on-idle",
	In: OnIdleIn{}, Out: OnIdleOut{},
}

// OnIdleIn has the inputs of OnIdle.
type OnIdleIn struct{}

// OnIdleOut has the outputs of OnIdle.
type OnIdleOut struct{}
