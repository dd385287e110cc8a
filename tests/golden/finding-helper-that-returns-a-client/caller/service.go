// upstream: misses what a client that a helper returns calls.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).At("east").Save(ctx) // want finding unfollowed-client
	targetapi.NewClient(svc).Main().Save(ctx)     // want finding unfollowed-client
	main := targetapi.NewClient(svc).Main()       // want finding unfollowed-client
	main.Load(ctx, "1")
	targetapi.NewClient(svc).Both().Main.Save(ctx) // want finding unfollowed-client
	targetapi.NewClient(svc).Options()
	targetapi.NewClient(svc).SaveTwice(ctx)                                                   // want call POST target.golden:444/save
	targetapi.NewClient(svc).With(ctx, func(c targetapi.Client) error { return c.Seal(ctx) }) // want finding unfollowed-client; call POST target.golden:666/seal
	targetapi.Of(svc).Save(ctx)                                                               // want finding unfollowed-client
	targetapi.Through(targetapi.NewClient(svc)).Save(ctx)                                     // want finding unfollowed-client
	set := targetapi.Clients(svc)                                                             // want finding unfollowed-client
	set.Main.Save(ctx)
	targetapi.Names()
	var alias targetapi.Alias = targetapi.NewClient(svc)
	alias.Browse(ctx, "x")                                // want call GET target.golden:443/browse/{path...}
	mine := targetapi.Set{Main: targetapi.NewClient(svc)} // want finding unfollowed-client
	mine.Main.Elsewhere(ctx)
	mine.First().Load(ctx, "2")
	call := targetapi.NewClient(svc).Main // want finding unfollowed-client
	call().Save(ctx)
}
