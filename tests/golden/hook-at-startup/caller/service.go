// upstream: misses hooks outside intermediate.go.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	return targetapi.NewHook(svc).OnSaved(svc.OnSaved) // want hook POST target.golden:417/on-saved
}

func (svc *Service) OnSaved(ctx context.Context) error { return nil }
