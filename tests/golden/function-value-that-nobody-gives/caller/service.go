// upstream: misses what a client calls that a function value returns.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type maker func() targetapi.Client

type Service struct {
	*Intermediate
	Pick  func() targetapi.Client
	all   []func() (targetapi.Client, error)
	known func() otherapi.Client
	named func() string
}

func (svc *Service) Parameter(ctx context.Context, pick func() targetapi.Client) {
	pick().Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) Fields(ctx context.Context) {
	svc.Pick().Save(ctx) // want call POST target.golden:444/save
	client, _ := svc.all[0]()
	client.Browse(ctx, "x") // want call GET target.golden:443/browse/{path...}
	svc.named()
}

func (svc *Service) Pointer(ctx context.Context) {
	var pick func() targetapi.Client
	fill(&pick)
	pick().Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) Type(ctx context.Context, make maker) {
	make().Seal(ctx) // want call POST target.golden:666/seal
}

func (svc *Service) Known(ctx context.Context) {
	svc.known = func() otherapi.Client { return otherapi.NewClient(svc).ForHost("third.golden") }
	svc.known().Store(ctx) // want call PUT third.golden:444/store
}

func fill(to *func() targetapi.Client) {}
