// upstream: misses hooks outside intermediate.go.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/sub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	hook := targetapi.NewHook(svc)
	hook.OnSaved(svc.OnAny)                                                // want hook POST target.golden:417/on-saved
	hook.WithOptions(sub.NoQueue()).ForHost("h.golden").OnMoved(svc.OnAny) // want hook POST h.golden:417/on-moved
	return nil
}

func (svc *Service) OnAny(ctx context.Context) error { return nil }
