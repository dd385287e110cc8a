// upstream: misses dot imports.
package caller

import (
	"context"

	. "github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, GET("https://dotted.golden/x")) // want request GET dotted.golden:443/x
}
