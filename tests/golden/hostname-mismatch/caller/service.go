// upstream: misses that the manifest has another hostname than the API package.
// does not compile: nobody generated its intermediate.go.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {}
