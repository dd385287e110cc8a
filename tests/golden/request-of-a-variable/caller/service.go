// upstream: widens a URL that is in a variable to any URL.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	url := "https://held.golden/x"
	svc.Request(ctx, pub.GET(url)) // want request GET held.golden:443/x
}
