// Package targetapi is what others need to call target.golden.
package targetapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "target.golden"
	Name        = "Target"
	Version     = 1
	Description = `The target microservice is there to be called.`
)

// Odd is an endpoint.
var Odd = define.Function{ // MARKER: Odd
	Host: Hostname, Method: "GET", Route: ":notaport/x",
	In: OddIn{}, Out: OddOut{},
}

// OddIn has the inputs of Odd.
type OddIn struct{}

// OddOut has the outputs of Odd.
type OddOut struct{}

// Fine is an endpoint.
var Fine = define.Function{ // MARKER: Fine
	Host: Hostname, Method: "GET", Route: ":443/fine",
	In: FineIn{}, Out: FineOut{},
}

// FineIn has the inputs of Fine.
type FineIn struct{}

// FineOut has the outputs of Fine.
type FineOut struct{}
