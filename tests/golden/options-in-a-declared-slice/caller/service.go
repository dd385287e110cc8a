// upstream: misses options in a var declaration.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	var options = []pub.Option{pub.GET("https://declared.golden/x")}
	svc.Request(ctx, options...) // want request GET declared.golden:443/x
}
