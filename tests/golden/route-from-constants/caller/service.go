// upstream: misses routes that are no literals.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).Fetch(ctx) // want call PUT target.golden:444/v3/fetch
}
