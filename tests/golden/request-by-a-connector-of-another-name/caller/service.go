// upstream: misses the shorthand methods.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/connector"
)

type Service struct {
	*Intermediate
}

// store has methods of the same names, and is not the bus.
type store struct{}

func (store) GET(ctx context.Context, url string) error { return nil }

type asker struct {
	bus  *connector.Connector
	http *Service
}

func (a *asker) ask(ctx context.Context) {
	a.bus.GET(ctx, "https://field.golden/x")       // want request GET field.golden:443/x
	a.http.POST(ctx, "https://http.golden/x", nil) // want request POST http.golden:443/x
	store{}.GET(ctx, "https://nothing.golden/x")
}

func (svc *Service) Run(ctx context.Context) {
	s := svc
	s.GET(ctx, "https://local.golden/x")   // want request GET local.golden:443/x
	svc.GET(ctx, "https://usual.golden/x") // want request GET usual.golden:443/x
	put := s.PUT
	put(ctx, "https://value.golden/x", "") // want request PUT value.golden:443/x
	parameter(ctx, svc)
}

func parameter(ctx context.Context, s *Service) {
	s.PUT(ctx, "https://parameter.golden/x", "") // want request PUT parameter.golden:443/x
}
