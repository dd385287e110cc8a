// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

type Pool []targetapi.Client

func (p Pool) All(ctx context.Context) {
	for _, c := range p {
		c.Save(ctx) // want call POST target.golden:444/save
	}
}

func (svc *Service) Run(ctx context.Context) {
	p := Pool{targetapi.NewClient(svc)}
	p = append(p, targetapi.NewClient(svc))
	p.All(ctx)
	p[0].Seal(ctx)                                                       // want call POST target.golden:666/seal
	Pool([]targetapi.Client{targetapi.NewClient(svc)})[0].Load(ctx, "1") // want call GET target.golden:443/load/{id}
}
