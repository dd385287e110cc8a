package targetapi

import (
	"context"
	"os"

	"github.com/microbus-io/fabric/define"
)

// Fetch has a route that nobody knows before it runs.
var Fetch = define.Function{
	Host: Hostname, Method: "GET", Route: os.Getenv("ROUTE"),
}

// Fetch fetches.
func (_c Client) Fetch(ctx context.Context) error {
	_, err := _c.svc.Request(ctx, options(_c.host, Fetch.Method, Fetch.Route, nil, _c.opts)...)
	return err
}
