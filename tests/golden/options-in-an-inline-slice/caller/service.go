// upstream: misses options in an inline slice.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, []pub.Option{pub.GET("https://inline.golden/x")}...) // want request GET inline.golden:443/x
}
