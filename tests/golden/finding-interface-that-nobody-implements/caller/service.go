// upstream: misses what a client that an interface's method returns calls.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	far  Provider
	near Near
	data Data
}

// Provider is given by code that is not in sight.
type Provider interface {
	Far(name string) targetapi.Client
	Both() (targetapi.Client, error)
	Name() string
}

// Near is implemented below.
type Near interface {
	Near() targetapi.Client
}

// Data has no client.
type Data interface {
	Lines() []string
}

type here struct {
	client targetapi.Client
}

func (h here) Near() targetapi.Client { return h.client }

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.near = here{targetapi.NewClient(svc)}
	return nil
}

func (svc *Service) Run(ctx context.Context) {
	svc.far.Far("x").Save(ctx)    // want finding unfollowed-client
	client, err := svc.far.Both() // want finding unfollowed-client
	if err == nil {
		client.Load(ctx, svc.far.Name())
	}
	svc.near.Near().Browse(ctx, "x") // want call GET target.golden:443/browse/{path...}
	svc.data.Lines()
}
