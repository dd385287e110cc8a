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
	Host: Hostname, Method: "POST", Route: ":444/save",
	In: SaveIn{}, Out: SaveOut{},
}

// SaveIn has the inputs of Save.
type SaveIn struct{}

// SaveOut has the outputs of Save.
type SaveOut struct{}

// Browse returns what lies under a path.
var Browse = define.Function{ // MARKER: Browse
	Host: Hostname, Method: "GET", Route: ":443/browse/{path...}",
	In: BrowseIn{}, Out: BrowseOut{},
}

// BrowseIn has the inputs of Browse.
type BrowseIn struct {
	Path string `json:"path"`
}

// BrowseOut has the outputs of Browse.
type BrowseOut struct {
	Text string `json:"text"`
}

// Page is a page.
var Page = define.Web{ // MARKER: Page
	Host: Hostname, Method: "ANY", Route: ":443/page",
}

// Elsewhere is on a host of its own, on any port.
var Elsewhere = define.Function{ // MARKER: Elsewhere
	Host: Hostname, Method: "GET", Route: "//elsewhere.golden:0/here",
	In: ElsewhereIn{}, Out: ElsewhereOut{},
}

// ElsewhereIn has the inputs of Elsewhere.
type ElsewhereIn struct{}

// ElsewhereOut has the outputs of Elsewhere.
type ElsewhereOut struct{}

// Seal is a trust root.
var Seal = define.Function{ // MARKER: Seal
	Host: Hostname, Method: "POST", Route: ":666/seal",
	In: SealIn{}, Out: SealOut{},
}

// SealIn has the inputs of Seal.
type SealIn struct{}

// SealOut has the outputs of Seal.
type SealOut struct{}

// OnSaved is triggered when everything was saved.
var OnSaved = define.OutboundEvent{ // MARKER: OnSaved
	Host: Hostname, Method: "POST", Route: ":417/on-saved",
	In: OnSavedIn{}, Out: OnSavedOut{},
}

// OnSavedIn has the inputs of OnSaved.
type OnSavedIn struct{}

// OnSavedOut has the outputs of OnSaved.
type OnSavedOut struct{}

// OnMoved is triggered when something was moved.
var OnMoved = define.OutboundEvent{ // MARKER: OnMoved
	Host: Hostname, Method: "POST", Route: ":417/on-moved",
	In: OnMovedIn{}, Out: OnMovedOut{},
}

// OnMovedIn has the inputs of OnMoved.
type OnMovedIn struct{}

// OnMovedOut has the outputs of OnMoved.
type OnMovedOut struct{}
