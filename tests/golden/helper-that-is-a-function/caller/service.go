// upstream: misses functions of API packages.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.SaveFor(ctx, svc) // want finding unfollowed-client
}
