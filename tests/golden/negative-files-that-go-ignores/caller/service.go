// upstream: widens: it reads what Go passes over.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {}
