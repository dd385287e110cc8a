// upstream: widens: the host is any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, host string) error {
	return svc.save(ctx, "given.golden")
}

func (svc *Service) save(ctx context.Context, host string) error {
	return targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST given.golden:444/save
}
