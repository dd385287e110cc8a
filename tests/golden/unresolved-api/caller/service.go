// upstream: misses packages that cannot be found.
// does not compile: its callee cannot be had.
package caller

import (
	"context"
	"example.com/gone/goneapi"
	"example.com/types/typesapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	goneapi.NewClient(svc).Load(ctx) // want finding unresolved-api
	_ = typesapi.Options{}
}
