// upstream: misses sub-packages.
package caller

import (
	"context"

	"golden.example/caller/inner"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return inner.Keep(ctx, targetapi.NewClient(svc).ForHost("kept.golden"))
}
