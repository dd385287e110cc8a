// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	m map[string]targetapi.Client
}

func (svc *Service) OnStartup(ctx context.Context) {
	svc.m = map[string]targetapi.Client{}
	fill(svc.m, targetapi.NewClient(svc))
}

func fill(m map[string]targetapi.Client, c targetapi.Client) { m["a"] = c }

func (svc *Service) Run(ctx context.Context) {
	svc.m["a"].Save(ctx) // want call POST target.golden:444/save
}
