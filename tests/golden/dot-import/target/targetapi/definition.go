package targetapi

import (
	"github.com/microbus-io/fabric/define"
)

const (
	Hostname = "target.golden"
	Name     = "target"
	Version  = 1
)

var Load = define.Function{ // MARKER: Load
	Host: Hostname, Method: "GET", Route: ":443/load/{id}",
	In: LoadIn{}, Out: LoadOut{},
}

type LoadIn struct{}

type LoadOut struct{}

var Save = define.Function{ // MARKER: Save
	Host: Hostname, Method: "POST", Route: ":444/save",
	In: SaveIn{}, Out: SaveOut{},
}

type SaveIn struct{}

type SaveOut struct{}

var Seal = define.Function{ // MARKER: Seal
	Host: Hostname, Method: "POST", Route: ":666/seal",
	In: SealIn{}, Out: SealOut{},
}

type SealIn struct{}

type SealOut struct{}
