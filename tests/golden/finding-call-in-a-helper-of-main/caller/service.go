// upstream: refuses a bundle whose microservices are not made where they are added.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {}
