// Package callerapi is what others need to call caller.golden.
package callerapi

import (
	"github.com/microbus-io/fabric/define"

	"golden.example/target/targetapi"
)

// What the microservice is.
const (
	Hostname    = "caller.golden"
	Name        = "Caller"
	Version     = 1
	Description = `The caller microservice is there to be called.`
)

// Own is the caller's own endpoint.
var Own = define.Function{ // MARKER: Own
	Host: Hostname, Method: "GET", Route: ":443/own",
	In: OwnIn{}, Out: OwnOut{},
}

// OwnIn has the inputs of Own.
type OwnIn struct{}

// OwnOut has the outputs of Own.
type OwnOut struct{}

// WhenMoved handles another microservice's event.
var WhenMoved = define.InboundEvent{ // want hook POST target.golden:417/on-moved
	Source: targetapi.OnMoved,
}
