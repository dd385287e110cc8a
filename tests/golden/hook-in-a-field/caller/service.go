// upstream: misses hooks outside intermediate.go.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	hook targetapi.Hook
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.hook = targetapi.NewHook(svc)
	return svc.hook.OnMoved(svc.OnMoved) // want hook POST target.golden:417/on-moved
}

func (svc *Service) OnMoved(ctx context.Context) error { return nil }
