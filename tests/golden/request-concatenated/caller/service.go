// upstream: widens a concatenated URL to any URL.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://"+targetapi.Hostname+":444/"+"joined")) // want request GET target.golden:444/joined
}
