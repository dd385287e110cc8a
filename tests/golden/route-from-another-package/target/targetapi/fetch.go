// Fetch has a route of constants.
package targetapi

import (
	"context"

	"github.com/microbus-io/fabric/define"

	"golden.example/shared"
)

var Fetch = define.Function{
	Host: Hostname, Method: "GET", Route: shared.Prefix + "/fetch",
}

// Fetch fetches.
func (_c Client) Fetch(ctx context.Context) error {
	_, err := _c.svc.Request(ctx, options(_c.host, Fetch.Method, Fetch.Route, nil, _c.opts)...)
	return err
}
