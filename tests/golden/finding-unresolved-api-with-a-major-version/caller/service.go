// upstream: misses packages that are not called what their folder says.
// does not compile: its callee cannot be had.
package caller

import (
	"context"

	"absent.example/goneapi/v2"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return goneapi.NewClient(svc).Fetch(ctx) // want finding unresolved-api
}
