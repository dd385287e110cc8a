// upstream: misses escapes in literals.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://raw.golden/\x61\u0062")) // want request GET raw.golden:443/ab
}
