package targetapi

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/define"
)

const (
	port    = ":444"
	version = "/v" + "3"
)

// Fetch has a route of constants.
var Fetch = define.Function{
	Host: Hostname, Method: http.MethodPut, Route: port + version + "/fetch",
}

// Fetch fetches.
func (_c Client) Fetch(ctx context.Context) error {
	_, err := _c.svc.Request(ctx, options(_c.host, Fetch.Method, Fetch.Route, nil, _c.opts)...)
	return err
}
