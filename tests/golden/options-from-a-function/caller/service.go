// upstream: misses options that functions return.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func options(path string) []pub.Option {
	return []pub.Option{pub.Method("GET"), pub.URL("https://made.golden/x")}
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, options("y")...) // want request GET made.golden:443/x
}
