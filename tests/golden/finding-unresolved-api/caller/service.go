// upstream: misses packages that cannot be found.
// does not compile: its callee cannot be had.
package caller

import (
	"context"

	"absent.example/gone/goneapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	goneapi.NewClient(svc).Load(ctx) // want finding unresolved-api
}
