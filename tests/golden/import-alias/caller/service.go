// upstream: misses aliases that do not end in api.
package caller

import (
	"context"
	elsewhere "golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	elsewhere.NewClient(svc).Load(ctx, "1") // want call GET target.golden:443/load/{id}
}
