// upstream: widens a constant host to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).ForHost(targetapi.Hostname).Seal(ctx) // want call POST target.golden:666/seal
}
