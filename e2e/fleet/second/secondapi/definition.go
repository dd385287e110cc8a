// Package secondapi is what others need to call second.fleet.
package secondapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "second.fleet"
	Name        = "Second"
	Version     = 1
	Description = `One of the fleet.`
)

// Work answers with what it was sent.
var Work = define.Function{ // MARKER: Work
	Host: Hostname, Method: "POST", Route: ":443/work",
	In: WorkIn{}, Out: WorkOut{},
}

// WorkIn has the inputs of Work.
type WorkIn struct {
	Payload string `json:"payload"`
}

// WorkOut has the outputs of Work.
type WorkOut struct {
	Echo string `json:"echo"`
}
