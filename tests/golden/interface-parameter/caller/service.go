// upstream: misses clients behind interfaces.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type loader interface {
	Load(ctx context.Context, id string) (string, error)
}

func load(ctx context.Context, from loader) (string, error) {
	return from.Load(ctx, "1") // want call GET target.golden:443/load/{id}; call GET other.golden:443/load/{id}
}

func (svc *Service) Run(ctx context.Context) {
	load(ctx, targetapi.NewClient(svc))
	load(ctx, otherapi.NewClient(svc))
}
