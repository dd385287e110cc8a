// upstream: widens a concatenated host to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

const region = "eu"

func (svc *Service) Run(ctx context.Context) error {
	const domain = "." + "golden"
	return targetapi.NewClient(svc).ForHost("target-" + region + domain).Save(ctx) // want call POST target-eu.golden:444/save
}
