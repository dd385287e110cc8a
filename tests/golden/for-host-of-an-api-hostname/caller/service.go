// upstream: widens a constant host to any host.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).ForHost(otherapi.Hostname).Save(ctx) // want call POST other.golden:444/save
}
