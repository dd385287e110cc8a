// upstream: misses the shorthand methods.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

const base = "https://short.golden"

func (svc *Service) Run(ctx context.Context) {
	svc.Connector.GET(ctx, base+"/of/the/connector") // want request GET short.golden:443/of/the/connector
}
