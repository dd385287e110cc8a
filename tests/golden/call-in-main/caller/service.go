// upstream: misses calls in main.go.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {}
