// upstream: misses packages that are not called what their folder says.
package caller

import (
	"context"

	"golden.example/depot/store"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return warehouseapi.NewClient(svc).Fetch(ctx) // want call GET depot.golden:443/fetch
}
