// upstream: widens a closed set of hosts to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

var hosts = map[string]string{"eu": "eu.golden", "us": "us.golden"}

func (svc *Service) Run(ctx context.Context, region string) error {
	return targetapi.NewClient(svc).ForHost(hosts[region]).Save(ctx) // want call POST eu.golden:444/save; call POST us.golden:444/save
}
