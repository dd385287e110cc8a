// Package warehouseapi is what others need to call depot.golden.
package warehouseapi

import "github.com/microbus-io/fabric/define"

const Hostname = "depot.golden"

var Fetch = define.Function{Host: Hostname, Method: "GET", Route: ":443/fetch", In: FetchIn{}, Out: FetchOut{}}

type FetchIn struct{}

type FetchOut struct{}
