// upstream: misses what other modules do with the connector.
// does not compile: the module is not there.
package caller

import (
	"context"

	"golden.example/shared"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	shared.Send(ctx, svc)
	shared.Current = svc
	shared.Box{Caller: svc}.Send()
	shared.Count(3)
	shared.Each(svc, shared.Quiet)
}
