// upstream: misses all but the last.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, far bool) {
	var options []pub.Option
	if far {
		options = append(options, pub.GET("https://far.golden/x"))
	} else {
		options = append(options, pub.GET("https://near.golden/x"))
	}
	svc.Request(ctx, options...) // want request GET far.golden:443/x; request GET near.golden:443/x
}
