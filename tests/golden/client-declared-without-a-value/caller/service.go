// upstream: misses the host of a bound client.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, far bool) error {
	var client targetapi.Client
	if far {
		client = targetapi.NewClient(svc).ForHost("far.golden")
	} else {
		client = targetapi.NewClient(svc).ForHost("near.golden")
	}
	return client.Save(ctx) // want call POST far.golden:444/save; call POST near.golden:444/save
}
