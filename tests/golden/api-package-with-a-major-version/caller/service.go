// upstream: misses packages that are not called what their path says.
package caller

import (
	"context"

	"golden.example/depot/depotapi/v2"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return depotapi.NewClient(svc).Fetch(ctx) // want call GET depot.golden:443/fetch
}
