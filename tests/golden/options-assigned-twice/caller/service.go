// upstream: misses all but the last.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	options := []pub.Option{pub.GET("https://first.golden/x")}
	svc.Request(ctx, options...) // want request GET first.golden:443/x
	options = []pub.Option{pub.POST("https://second.golden/x")}
	svc.Request(ctx, options...) // want request POST second.golden:443/x
}
