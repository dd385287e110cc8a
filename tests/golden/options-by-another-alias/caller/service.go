// upstream: misses the options under another import name.
package caller

import (
	"context"

	options "github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, options.GET("https://aliased.golden/x")) // want request GET aliased.golden:443/x
}
