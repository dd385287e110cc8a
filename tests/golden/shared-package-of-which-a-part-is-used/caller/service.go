// upstream: misses packages outside of the microservice.
package caller

import (
	"context"

	"golden.example/shared"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error { return shared.Keep(ctx, svc) }
