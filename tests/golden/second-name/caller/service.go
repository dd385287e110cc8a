// upstream: misses the second name of a client.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	target := targetapi.NewClient(svc)
	again := target
	if err := again.LoadAndSave(ctx, "1"); err != nil { // want call GET target.golden:443/load/{id}; call POST target.golden:444/save
		return err
	}
	again.Browse(ctx, "a/b")                                // want call GET target.golden:443/browse/{path...}
	again.Page(ctx, "GET", "?", nil)                        // want call ANY target.golden:443/page
	again.Elsewhere(ctx)                                    // want call GET elsewhere.golden:*/here
	for range targetapi.NewMulticastClient(svc).Save(ctx) { // want call POST target.golden:444/save
	}
	otherapi.NewHook(svc).OnStored(svc.OnStored)    // want hook POST other.golden:417/on-stored
	otherapi.NewMulticastTrigger(svc).OnStored(ctx) // want event POST other.golden:417/on-stored
	otherapi.NewClient(svc).Store(ctx)              // want call PUT other.golden:444/store
	return target.Seal(ctx)                         // want call POST target.golden:666/seal
}

func (svc *Service) OnStored(ctx context.Context) error { return nil }
