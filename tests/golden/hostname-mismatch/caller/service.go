// does not compile: it has no intermediate.go, as a person left it.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {}
