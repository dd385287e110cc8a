// upstream: misses subscriptions outside intermediate.go.
// Serve is for others to call.
package caller

import (
	"github.com/microbus-io/fabric/sub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Serve(options ...sub.Option) {
	svc.Subscribe("X", nil, options...) // want finding unfollowed-subscription
}
