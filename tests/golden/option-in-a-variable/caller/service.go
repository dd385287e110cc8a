// upstream: misses one option in a variable.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	option := pub.GET("https://one.golden/x")
	svc.Request(ctx, option) // want request GET one.golden:443/x
}
