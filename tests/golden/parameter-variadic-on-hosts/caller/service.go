// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func all(ctx context.Context, clients ...targetapi.Client) {
	for _, c := range clients {
		c.Save(ctx) // want call POST a.golden:444/save; call POST b.golden:444/save; call POST c.golden:444/save
	}
}

func (svc *Service) Run(ctx context.Context) {
	c := targetapi.NewClient(svc)
	all(ctx, c.ForHost("a.golden"), c.ForHost("b.golden"))
	list := []targetapi.Client{c.ForHost("c.golden")}
	all(ctx, list...)
}
