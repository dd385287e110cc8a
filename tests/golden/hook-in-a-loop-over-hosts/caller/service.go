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
	for _, host := range [...]string{"a.golden", "b.golden"} {
		targetapi.NewHook(svc).ForHost(host).OnSaved(svc.OnSaved) // want hook POST a.golden:417/on-saved; hook POST b.golden:417/on-saved
	}
	return nil
}

func (svc *Service) OnSaved(ctx context.Context) error { return nil }
