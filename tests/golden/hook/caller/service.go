// upstream: misses hooks outside intermediate.go.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context, host string) error {
	targetapi.NewHook(svc).OnSaved(svc.OnSaved)                         // want hook POST target.golden:417/on-saved
	targetapi.NewHook(svc).WithOptions(nil).OnMoved(svc.OnMoved)        // want hook POST target.golden:417/on-moved
	targetapi.NewHook(svc).ForHost("other.golden").OnSaved(svc.OnSaved) // want hook POST other.golden:417/on-saved
	targetapi.NewHook(svc).ForHost(host).OnSaved(svc.OnSaved)           // want hook POST *:417/on-saved; finding wildcard-host
	hook := targetapi.NewHook(svc)
	hook.OnMoved(svc.OnMoved) // want hook POST target.golden:417/on-moved
	return nil
}

func (svc *Service) OnSaved(ctx context.Context) error { return nil }

func (svc *Service) OnMoved(ctx context.Context) error { return nil }
