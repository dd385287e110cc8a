// Package otherapi is what others need to call other.golden.
package otherapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "other.golden"
	Name        = "Other"
	Version     = 1
	Description = `The other microservice is there to be called.`
)

// Load returns one text.
var Load = define.Function{ // MARKER: Load
	Host: Hostname, Method: "GET", Route: ":443/load/{id}",
	In: LoadIn{}, Out: LoadOut{},
}

// LoadIn has the inputs of Load.
type LoadIn struct {
	Id string `json:"id"`
}

// LoadOut has the outputs of Load.
type LoadOut struct {
	Text string `json:"text"`
}

// Save saves everything.
var Save = define.Function{ // MARKER: Save
	Host: Hostname, Method: "POST", Route: ":443/save",
	In: SaveIn{}, Out: SaveOut{},
}

// SaveIn has the inputs of Save.
type SaveIn struct{}

// SaveOut has the outputs of Save.
type SaveOut struct{}

// Store stores something.
var Store = define.Function{ // MARKER: Store
	Host: Hostname, Method: "PUT", Route: ":444/store",
	In: StoreIn{}, Out: StoreOut{},
}

// StoreIn has the inputs of Store.
type StoreIn struct{}

// StoreOut has the outputs of Store.
type StoreOut struct{}

// OnStored is triggered when something was stored.
var OnStored = define.OutboundEvent{ // MARKER: OnStored
	Host: Hostname, Method: "POST", Route: ":417/on-stored",
	In: OnStoredIn{}, Out: OnStoredOut{},
}

// OnStoredIn has the inputs of OnStored.
type OnStoredIn struct{}

// OnStoredOut has the outputs of OnStored.
type OnStoredOut struct{}
