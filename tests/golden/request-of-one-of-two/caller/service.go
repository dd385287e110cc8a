// upstream: widens a closed set of URLs to any URL.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, far bool) {
	url := "https://near.golden/x"
	if far {
		url = "https://far.golden/x"
	}
	svc.Request(ctx, pub.GET(url)) // want request GET near.golden:443/x; request GET far.golden:443/x
}
