// upstream: misses method values
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	mount(svc.Subscribe) // want finding unfollowed-subscription
	use(svc.Request)     // want finding unfollowed-request
	send := svc.Publish  // want finding unfollowed-request
	use(send)
	return nil
}

func mount(any) {}

func use(any) {}
