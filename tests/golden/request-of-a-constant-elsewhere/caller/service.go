// upstream: widens a constant URL to any URL.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/shared"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET(shared.URL)) // want request GET shared.golden:443/v2/x
}
