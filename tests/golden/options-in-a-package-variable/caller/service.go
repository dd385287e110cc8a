// upstream: misses options in package variables.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

var options = []pub.Option{pub.Method("GET"), pub.URL("https://package.golden/x")}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, options...) // want request GET package.golden:443/x
}
