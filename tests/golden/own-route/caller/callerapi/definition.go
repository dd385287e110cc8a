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

// Here is here.
var Here = define.Function{ // MARKER: Here
	Host: Hostname, Method: "GET", Route: ":443/here",
	In: HereIn{}, Out: HereOut{},
}

// HereIn has the inputs of Here.
type HereIn struct{}

// HereOut has the outputs of Here.
type HereOut struct{}

// There is on a host of its own, on any port.
var There = define.Web{ // MARKER: There
	Host: Hostname, Method: "ANY", Route: "//there.golden:0/{rest...}",
}

// Danger is a trust root.
var Danger = define.Function{ // MARKER: Danger
	Host: Hostname, Method: "POST", Route: ":666/danger",
	In: DangerIn{}, Out: DangerOut{},
}

// DangerIn has the inputs of Danger.
type DangerIn struct{}

// DangerOut has the outputs of Danger.
type DangerOut struct{}
