// upstream: misses promoted methods.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	targetapi.Client
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.Client = targetapi.NewClient(svc.Intermediate)
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	return svc.Seal(ctx) // want call POST target.golden:666/seal
}
