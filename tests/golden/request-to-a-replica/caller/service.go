// upstream: misses what the replica's name stands for.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://id-abc123.raw.golden/x"))  // want request GET id-abc123.raw.golden:443/x
	svc.Request(ctx, pub.GET("https://loc-eu.raw.golden:444/x")) // want request GET loc-eu.raw.golden:444/x
}
