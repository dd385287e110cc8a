// upstream: misses what helper packages do.
package caller

import (
	"context"

	. "golden.example/shared"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return SaveAll(ctx, svc)
}
