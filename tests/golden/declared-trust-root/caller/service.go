// upstream: misses comments.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, opts ...pub.Option) {
	// gencreds:calls tokens.golden:666 POST /mint // want finding declared-trust-root
	svc.Request(ctx, opts...) // want finding unfollowed-request
	// gencreds:calls tokens.golden:0 POST /mint // want finding declared-trust-root
}
