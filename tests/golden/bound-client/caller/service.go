// upstream: misses the host of a bound client, and its second name.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	odd    bool
	others []stranger
}

// stranger has methods like a client's and is none.
type stranger struct{}

func (stranger) Load(ctx context.Context, id string) {}

func (stranger) Seal(ctx context.Context) {}

func (svc *Service) other() stranger { return stranger{} }

func (svc *Service) Run(ctx context.Context) error {
	c := targetapi.NewClient(svc)
	d := c
	d.Load(ctx, "1") // want call GET target.golden:443/load/{id}
	var e = targetapi.NewClient(svc).ForHost("else.golden")
	e.Load(ctx, "1") // want call GET else.golden:443/load/{id}; call GET odd.golden:443/load/{id}
	if svc.odd {
		e = e.ForHost("odd.golden")
	}
	e.Save(ctx) // want call POST else.golden:444/save; call POST odd.golden:444/save
	var f targetapi.Client
	f = c
	f.Save(ctx)    // want call POST target.golden:444/save
	save := c.Save // want call POST target.golden:444/save
	return save(ctx)
}

func (svc *Service) Shadow(ctx context.Context) error {
	c := targetapi.NewClient(svc)
	{
		c := svc.other()
		c.Load(ctx, "1")
	}
	for _, c := range svc.others {
		c.Seal(ctx)
	}
	return c.Save(ctx) // want call POST target.golden:444/save
}
