// upstream: widens the URL to any URL.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func address(path string) string { return "https://helped.golden" + path }

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET(address("/x"))) // want request GET helped.golden:443/x
}
