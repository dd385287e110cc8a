// upstream: misses subscriptions outside intermediate.go.
// Serve is for others to call.
package caller

import (
	"github.com/microbus-io/fabric/sub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Serve(route string) {
	svc.Subscribe("X", nil, sub.At("GET", route)) // want finding unfollowed-subscription
}
