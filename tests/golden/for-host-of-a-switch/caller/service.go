// upstream: widens a closed set of hosts to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, region string) error {
	var host string
	switch region {
	case "eu":
		host = "eu.golden"
	default:
		host = "us.golden"
	}
	return targetapi.NewClient(svc).ForHost(host).Seal(ctx) // want call POST eu.golden:666/seal; call POST us.golden:666/seal
}
