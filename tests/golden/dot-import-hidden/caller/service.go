// upstream: misses dot imports.
package caller

import (
	"context"

	"golden.example/caller/inner"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return inner.Run(ctx, svc)
}
