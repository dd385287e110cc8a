// upstream: misses calls in other packages.
package caller

import (
	"context"
	"golden.example/shared"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	shared.Record(targetapi.NewClient(svc))
	return shared.SaveFor(ctx, svc)
}
