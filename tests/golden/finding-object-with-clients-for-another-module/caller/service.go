// upstream: misses what other modules do.
// does not compile: it uses a module that cannot be had.
package caller

import (
	"context"

	"example.com/ledger"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	deps *Deps
}

// Deps has what whoever gets one may use.
type Deps struct {
	Target targetapi.Client
}

// Outer has it at one remove.
type Outer struct {
	Inner Deps
}

// hidden keeps its client from others: what is done with it is done here.
type hidden struct {
	target targetapi.Client
}

func (h *hidden) Save(ctx context.Context) error {
	return h.target.Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.deps = &Deps{Target: targetapi.NewClient(svc)}
	return nil
}

func newDeps(svc *Service) *Deps {
	return &Deps{Target: targetapi.NewClient(svc)}
}

func (svc *Service) Run(ctx context.Context) {
	ledger.Use(ctx, svc.deps) // want finding unfollowed-client
	made := newDeps(svc)
	ledger.Use(ctx, made)                                           // want finding unfollowed-client
	ledger.Use(ctx, newDeps(svc))                                   // want finding unfollowed-client
	ledger.Use(ctx, Deps{Target: targetapi.NewClient(svc)})         // want finding unfollowed-client
	ledger.Use(ctx, &Outer{Deps{Target: targetapi.NewClient(svc)}}) // want finding unfollowed-client
	ledger.Use(ctx, &hidden{target: targetapi.NewClient(svc)})
}

func (svc *Service) Put(ctx context.Context) {
	var options ledger.Options
	options.Target = targetapi.NewClient(svc) // want finding unfollowed-client
	options.Run(ctx)
}
