// upstream: misses options that are passed on.
// Ask is for others to call.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Ask(ctx context.Context, options ...pub.Option) {
	svc.Request(ctx, options...) // want finding unfollowed-request
}
