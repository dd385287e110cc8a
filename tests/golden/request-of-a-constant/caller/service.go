// upstream: widens a constant URL to any URL.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

const url = "https://constant.golden/x"

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET(url)) // want request GET constant.golden:443/x
}
