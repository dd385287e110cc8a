// upstream: widens a computed method or route.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).Fine(ctx)     // want call GET target.golden:444/fine
	targetapi.NewClient(svc).Computed(ctx) // want finding unreadable-definition
	targetapi.NewClient(svc).Unstated(ctx) // want call ANY target.golden:428/unstated
	targetapi.NewExecutor(svc).Fine(ctx)   // want finding executor-call
	targetapi.NewSubgraph(nil).Fine(ctx)
}
