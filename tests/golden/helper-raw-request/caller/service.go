// upstream: misses raw requests in helpers of API packages.
package caller

import (
	"context"

	"golden.example/other/otherapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	otherapi.NewClient(svc).Poll(ctx)                         // want request GET other.golden:443/poll
	otherapi.NewClient(svc).ForHost("else.golden").Poll(ctx)  // want request GET else.golden:443/poll
	otherapi.NewClient(svc).Fixed(ctx)                        // want request POST fixed.golden:443/x
	otherapi.NewClient(svc).Elsewhere(ctx, "argument.golden") // want request GET argument.golden:443/y
}
