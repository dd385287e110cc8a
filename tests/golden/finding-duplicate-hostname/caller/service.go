// upstream: refuses a microservice without intermediate.go.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {}
