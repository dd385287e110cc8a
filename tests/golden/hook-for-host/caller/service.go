// upstream: misses the host of a hook: it grants the default one.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	return targetapi.NewHook(svc).ForHost("replica.golden").OnSaved(svc.OnSaved) // want hook POST replica.golden:417/on-saved
}

func (svc *Service) OnSaved(ctx context.Context) error { return nil }
