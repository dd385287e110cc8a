// upstream: misses what methods of other types return.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

// maker holds nothing: what its methods return is made anew.
type maker struct{ region string }

func (m *maker) target(svc *Service) targetapi.Client  { return targetapi.NewClient(svc) }
func (m maker) browser(svc *Service) *targetapi.Client { c := targetapi.NewClient(svc); return &c }
func (m maker) other(svc *Service) otherapi.Client     { return otherapi.NewClient(svc) }
func (m maker) loader(svc *Service) targetapi.Client   { return targetapi.NewClient(svc) }

type saver interface {
	other(svc *Service) otherapi.Client
}

func (svc *Service) Run(ctx context.Context, m *maker) {
	m.target(svc).Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) Many(ctx context.Context, makers map[string]maker) {
	for _, m := range makers {
		m.browser(svc).Browse(ctx, "a") // want call GET target.golden:443/browse/{path...}
	}
}

func save(ctx context.Context, svc *Service, s saver) {
	s.other(svc).Save(ctx) // want call POST other.golden:443/save
}

func load(ctx context.Context, svc *Service, m maker) {
	made := m.loader
	made(svc).Load(ctx, "1") // want call GET target.golden:443/load/{id}
}

func (svc *Service) Go(ctx context.Context) {
	save(ctx, svc, maker{})
	load(ctx, svc, maker{region: "eu"})
}
