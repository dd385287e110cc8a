// upstream: misses hooks outside intermediate.go.
package caller

import (
	"context"

	"golden.example/other/otherapi"
)

type Service struct {
	*Intermediate
}

func listen(hook otherapi.Hook, handler func(context.Context) error) error {
	return hook.OnStored(handler) // want hook POST other.golden:417/on-stored
}

func (svc *Service) OnStartup(ctx context.Context) error {
	return listen(otherapi.NewHook(svc), svc.OnStored)
}

func (svc *Service) OnStored(ctx context.Context) error { return nil }
