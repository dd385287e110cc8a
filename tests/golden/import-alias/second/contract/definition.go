// Package contract is what others need to call second.golden.
package contract

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "second.golden"
	Name        = "Second"
	Version     = 1
	Description = `The second microservice is there to be called.`
)

// Load returns something.
var Load = define.Function{ // MARKER: Load
	Host: Hostname, Method: "POST", Route: ":443/second-load",
	In: LoadIn{}, Out: LoadOut{},
}

// LoadIn has the inputs of Load.
type LoadIn struct{}

// LoadOut has the outputs of Load.
type LoadOut struct{}
