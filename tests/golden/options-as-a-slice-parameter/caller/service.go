// upstream: misses options that are passed on.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func ask(ctx context.Context, svc *Service, options []pub.Option) {
	svc.Request(ctx, append(options, pub.Header("A", "b"))...) // want request GET passed.golden:443/x
}

func (svc *Service) Run(ctx context.Context) {
	ask(ctx, svc, []pub.Option{pub.GET("https://passed.golden/x")})
}
