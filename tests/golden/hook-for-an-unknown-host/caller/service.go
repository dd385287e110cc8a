// upstream: misses hooks outside intermediate.go.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Listen(host string) error {
	return targetapi.NewHook(svc).ForHost(host).OnSaved(svc.OnSaved) // want hook POST *:417/on-saved; finding wildcard-host
}

func (svc *Service) OnSaved(ctx context.Context) error { return nil }
