// upstream: widens: bindings know no scope.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	c := targetapi.NewClient(svc)
	{
		c := stranger{}
		use(targetapi.NewClient(svc), c)
		c.Save(ctx)
	}
	c.Seal(ctx) // want call POST target.golden:666/seal
}

type stranger struct{}

func (stranger) Save(ctx context.Context) {}

func use(c targetapi.Client, s stranger) {
	s.Save(context.Background())
	c.Load(context.Background(), "1") // want call GET target.golden:443/load/{id}
}
