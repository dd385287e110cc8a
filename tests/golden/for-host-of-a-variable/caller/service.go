// upstream: widens a host that is in a variable to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	host := "held.golden"
	return targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST held.golden:444/save
}
