// upstream: misses it silently.
// does not compile: it listens to what is not there.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewHook(svc).OnMissing(nil)             // want finding unknown-event
	targetapi.NewMulticastTrigger(svc).OnMissing(ctx) // want finding unknown-event
}
