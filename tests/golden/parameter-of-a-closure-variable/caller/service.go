// upstream: misses parameters of function literals.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	save := func(client targetapi.Client) error {
		return client.Save(ctx) // want call POST target.golden:444/save; call POST far.golden:444/save
	}
	if err := save(targetapi.NewClient(svc)); err != nil {
		return err
	}
	return save(targetapi.NewClient(svc).ForHost("far.golden"))
}
