// upstream: widens a formatted URL to any URL.
package caller

import (
	"context"
	"fmt"

	"github.com/microbus-io/fabric/pub"

	"golden.example/other/otherapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET(fmt.Sprintf("https://%s/v%d/x", otherapi.Hostname, 2))) // want request GET other.golden:443/v2/x
}
