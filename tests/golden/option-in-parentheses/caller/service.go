// upstream: misses a parenthesised option.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, (pub.GET("https://round.golden/x"))) // want request GET round.golden:443/x
}
