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

// Bare is an endpoint.
var Bare = define.Function{ // MARKER: Bare
	Host: Hostname, Method: "GET", Route: "",
	In: BareIn{}, Out: BareOut{},
}

// BareIn has the inputs of Bare.
type BareIn struct{}

// BareOut has the outputs of Bare.
type BareOut struct{}

// Root is an endpoint.
var Root = define.Function{ // MARKER: Root
	Host: Hostname, Method: "GET", Route: "/",
	In: RootIn{}, Out: RootOut{},
}

// RootIn has the inputs of Root.
type RootIn struct{}

// RootOut has the outputs of Root.
type RootOut struct{}

// Dir is an endpoint.
var Dir = define.Function{ // MARKER: Dir
	Host: Hostname, Method: "GET", Route: "/dir/",
	In: DirIn{}, Out: DirOut{},
}

// DirIn has the inputs of Dir.
type DirIn struct{}

// DirOut has the outputs of Dir.
type DirOut struct{}

// NoSlash is an endpoint.
var NoSlash = define.Function{ // MARKER: NoSlash
	Host: Hostname, Method: "GET", Route: "no-slash",
	In: NoSlashIn{}, Out: NoSlashOut{},
}

// NoSlashIn has the inputs of NoSlash.
type NoSlashIn struct{}

// NoSlashOut has the outputs of NoSlash.
type NoSlashOut struct{}

// OnlyPort is an endpoint.
var OnlyPort = define.Function{ // MARKER: OnlyPort
	Host: Hostname, Method: "GET", Route: ":80",
	In: OnlyPortIn{}, Out: OnlyPortOut{},
}

// OnlyPortIn has the inputs of OnlyPort.
type OnlyPortIn struct{}

// OnlyPortOut has the outputs of OnlyPort.
type OnlyPortOut struct{}

// AnyPort is an endpoint.
var AnyPort = define.Function{ // MARKER: AnyPort
	Host: Hostname, Method: "POST", Route: ":0/any-port",
	In: AnyPortIn{}, Out: AnyPortOut{},
}

// AnyPortIn has the inputs of AnyPort.
type AnyPortIn struct{}

// AnyPortOut has the outputs of AnyPort.
type AnyPortOut struct{}

// Dotted is an endpoint.
var Dotted = define.Function{ // MARKER: Dotted
	Host: Hostname, Method: "GET", Route: "/v1.2/open_api.json",
	In: DottedIn{}, Out: DottedOut{},
}

// DottedIn has the inputs of Dotted.
type DottedIn struct{}

// DottedOut has the outputs of Dotted.
type DottedOut struct{}

// Capital is an endpoint.
var Capital = define.Function{ // MARKER: Capital
	Host: Hostname, Method: "GET", Route: "/UPPER",
	In: CapitalIn{}, Out: CapitalOut{},
}

// CapitalIn has the inputs of Capital.
type CapitalIn struct{}

// CapitalOut has the outputs of Capital.
type CapitalOut struct{}

// HostRoot is an endpoint.
var HostRoot = define.Function{ // MARKER: HostRoot
	Host: Hostname, Method: "ANY", Route: "//root",
	In: HostRootIn{}, Out: HostRootOut{},
}

// HostRootIn has the inputs of HostRoot.
type HostRootIn struct{}

// HostRootOut has the outputs of HostRoot.
type HostRootOut struct{}

// HostPort is an endpoint.
var HostPort = define.Function{ // MARKER: HostPort
	Host: Hostname, Method: "DELETE", Route: "//far.golden:444/x/{id}/y",
	In: HostPortIn{}, Out: HostPortOut{},
}

// HostPortIn has the inputs of HostPort.
type HostPortIn struct{}

// HostPortOut has the outputs of HostPort.
type HostPortOut struct{}

// FullURL is an endpoint.
var FullURL = define.Function{ // MARKER: FullURL
	Host: Hostname, Method: "PATCH", Route: "https://full.golden:8443/z",
	In: FullURLIn{}, Out: FullURLOut{},
}

// FullURLIn has the inputs of FullURL.
type FullURLIn struct{}

// FullURLOut has the outputs of FullURL.
type FullURLOut struct{}

// PlainHTTP is an endpoint.
var PlainHTTP = define.Function{ // MARKER: PlainHTTP
	Host: Hostname, Method: "HEAD", Route: "http://plain.golden/p",
	In: PlainHTTPIn{}, Out: PlainHTTPOut{},
}

// PlainHTTPIn has the inputs of PlainHTTP.
type PlainHTTPIn struct{}

// PlainHTTPOut has the outputs of PlainHTTP.
type PlainHTTPOut struct{}
