// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	use func(c any)
	m   map[string]func(any)
}

func (svc *Service) OnStartup(ctx context.Context) {
	svc.use = func(c any) {
		c.(interface{ Save(context.Context) error }).Save(ctx) // want call POST target.golden:444/save
	}
	svc.m = map[string]func(any){"x": func(c any) {
		c.(saver).Save(ctx) // want call POST target.golden:444/save
	}}
}

type saver interface{ Save(context.Context) error }

func (svc *Service) Run(ctx context.Context) {
	svc.use(targetapi.NewClient(svc))
	svc.m["x"](targetapi.NewClient(svc))
}
