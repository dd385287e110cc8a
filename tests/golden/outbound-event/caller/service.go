// upstream: misses the host of a trigger.
package caller

import (
	"context"
	"golden.example/caller/callerapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	callerapi.NewMulticastTrigger(svc).OnDone(ctx)                         // want event POST caller.golden:417/on-done
	callerapi.NewMulticastTrigger(svc).ForHost("moved.golden").OnDone(ctx) // want event POST moved.golden:417/on-done
}
