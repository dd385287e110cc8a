// upstream: misses hooks outside intermediate.go.
package caller

import (
	"context"

	"golden.example/other/otherapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	return otherapi.NewHook(svc).OnStored(func(context.Context) error { // want hook POST other.golden:417/on-stored
		return otherapi.NewClient(svc).Store(context.Background()) // want call PUT other.golden:444/store
	})
}
