// upstream: misses what is under the wildcard: its deduplication keeps the narrower one.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).Files(ctx, "a") // want call GET target.golden:443/files/{name}
	targetapi.NewClient(svc).Trees(ctx, "b") // want call GET target.golden:443/files/{path...}
}
