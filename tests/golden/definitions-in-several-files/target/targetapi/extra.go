// More of what the microservice has.
package targetapi

import (
	"context"

	"github.com/microbus-io/fabric/define"
)

var (
	Extra = define.Function{Host: Hostname, Method: "DELETE", Route: ":445/extra"}
	Never = define.Function{Host: Hostname, Method: "DELETE", Route: ":445/never"}
)

// Extra is extra.
func (_c Client) Extra(ctx context.Context) error {
	_, err := _c.svc.Request(ctx, options(_c.host, Extra.Method, Extra.Route, nil, _c.opts)...)
	return err
}
