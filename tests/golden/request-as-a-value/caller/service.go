// upstream: misses method values.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	ask := svc.Request
	ask(ctx, pub.GET("https://value.golden/x")) // want request GET value.golden:443/x
}
