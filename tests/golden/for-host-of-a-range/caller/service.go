// upstream: widens a closed set of hosts to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	for _, host := range []string{"one.golden", "two.golden"} {
		targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST one.golden:444/save; call POST two.golden:444/save
	}
}
