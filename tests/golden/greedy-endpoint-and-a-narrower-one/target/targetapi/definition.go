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

// Files is an endpoint.
var Files = define.Function{ // MARKER: Files
	Host: Hostname, Method: "GET", Route: ":443/files/{name}",
	In: FilesIn{}, Out: FilesOut{},
}

// FilesIn has the inputs of Files.
type FilesIn struct {
	Name string `json:"name"`
}

// FilesOut has the outputs of Files.
type FilesOut struct{}

// Trees is an endpoint.
var Trees = define.Function{ // MARKER: Trees
	Host: Hostname, Method: "GET", Route: ":443/files/{path...}",
	In: TreesIn{}, Out: TreesOut{},
}

// TreesIn has the inputs of Trees.
type TreesIn struct {
	Path string `json:"path"`
}

// TreesOut has the outputs of Trees.
type TreesOut struct{}
