// upstream: misses sub-packages.
package caller

import (
	"context"

	"golden.example/caller/inner"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	store *inner.Store
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.store = inner.NewStore(targetapi.NewClient(svc))
	return nil
}

func (svc *Service) Run(ctx context.Context) error { return svc.store.Keep(ctx) }
