// upstream: widens a closed set of hosts to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, far bool) error {
	host := "near.golden"
	if far {
		host = "far.golden"
	}
	return targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST near.golden:444/save; call POST far.golden:444/save
}
