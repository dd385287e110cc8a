// upstream: misses routes outside intermediate.go.
package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/sub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, opts ...sub.Option) {
	svc.Subscribe("Spread", svc.Spread, opts...) // want finding unfollowed-subscription
}

func (svc *Service) Spread(w http.ResponseWriter, r *http.Request) error { return nil }
