package caller

import (
	"context"
	"github.com/microbus-io/fabric/sub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, opts ...sub.Option) {
	svc.Subscribe("Spread", svc.Spread, opts...) // want finding unfollowed-subscription
}
