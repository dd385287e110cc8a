// upstream: misses options that are passed on.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) ask(ctx context.Context, options ...pub.Option) {
	svc.Request(ctx, options...) // want request GET passed.golden:443/x
}

func (svc *Service) Run(ctx context.Context) {
	svc.ask(ctx, pub.GET("https://passed.golden/x"))
}
