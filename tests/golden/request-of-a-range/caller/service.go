// upstream: widens a closed set of URLs to any URL.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	for _, url := range []string{"https://one.golden/x", "https://two.golden/x"} {
		svc.Publish(ctx, pub.POST(url)) // want request POST one.golden:443/x; request POST two.golden:443/x
	}
}
