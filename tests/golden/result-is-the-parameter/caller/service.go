// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func same(c targetapi.Client) targetapi.Client { return c }

func (svc *Service) Run(ctx context.Context) {
	same(targetapi.NewClient(svc).ForHost("c.golden")).Save(ctx)                     // want call POST c.golden:444/save
	same(targetapi.NewClient(svc).ForHost("d.golden")).ForHost("e.golden").Save(ctx) // want call POST e.golden:444/save
}
