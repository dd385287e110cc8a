// upstream: misses the lower case that the runtime sends.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://Raw.Golden/Path")) // want request GET raw.golden:443/Path
}
