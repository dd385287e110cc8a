// upstream: misses endpoints that no definition stands for.
// does not compile: it calls what its API package does not define.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).Missing(ctx)     // want finding unknown-endpoint
	targetapi.NewHook(svc).OnGone(svc.OnGone) // want finding unknown-event
}
