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

// Own is the caller's own endpoint.
var Own = define.Function{ // MARKER: Own
	Host: Hostname, Method: "GET", Route: ":443/own",
	In: OwnIn{}, Out: OwnOut{},
}

// OwnIn has the inputs of Own.
type OwnIn struct{}

// OwnOut has the outputs of Own.
type OwnOut struct{}

// OnDone is triggered when all is done.
var OnDone = define.OutboundEvent{ // want event POST caller.golden:417/on-done
	Host: Hostname, Method: "POST", Route: ":417/on-done",
	In: OnDoneIn{}, Out: OnDoneOut{},
}

// OnDoneIn has the inputs of OnDone.
type OnDoneIn struct{}

// OnDoneOut has the outputs of OnDone.
type OnDoneOut struct{}

// OnElsewhere is on a host of its own.
var OnElsewhere = define.OutboundEvent{ // want event POST elsewhere.golden:443/on-elsewhere
	Host: Hostname, Method: "POST", Route: "//elsewhere.golden/on-elsewhere",
	In: OnElsewhereIn{}, Out: OnElsewhereOut{},
}

// OnElsewhereIn has the inputs of OnElsewhere.
type OnElsewhereIn struct{}

// OnElsewhereOut has the outputs of OnElsewhere.
type OnElsewhereOut struct{}
