// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	type pair struct {
		a targetapi.Client
		b string
	}
	p := pair{targetapi.NewClient(svc), "x"}
	p.a.Save(ctx) // want call POST target.golden:444/save
	q := struct{ c targetapi.Client }{targetapi.NewClient(svc)}
	q.c.Seal(ctx) // want call POST target.golden:666/seal
	for _, test := range []struct{ c targetapi.Client }{{targetapi.NewClient(svc)}} {
		test.c.Load(ctx, "1") // want call GET target.golden:443/load/{id}
	}
}
