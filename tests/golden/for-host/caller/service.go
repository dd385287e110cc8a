package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

const spare = "spare." + targetapi.Hostname

func (svc *Service) Run(ctx context.Context, host string) {
	const local = "local.golden"
	targetapi.NewClient(svc).ForHost("Upper.Golden").Load(ctx, "1")   // want call GET upper.golden:443/load/{id}
	targetapi.NewClient(svc).ForHost(targetapi.Mirror).Load(ctx, "1") // want call GET mirror.target.golden:443/load/{id}
	targetapi.NewClient(svc).ForHost(spare).Load(ctx, "1")            // want call GET spare.target.golden:443/load/{id}
	targetapi.NewClient(svc).ForHost(local).Load(ctx, "1")            // want call GET local.golden:443/load/{id}
	targetapi.NewClient(svc).ForHost("").Load(ctx, "1")               // want call GET target.golden:443/load/{id}
	targetapi.NewClient(svc).ForHost(host).Load(ctx, "1")             // want call GET *:443/load/{id}; finding wildcard-host
	targetapi.NewClient(svc).ForHost(host).Seal(ctx)                  // want call POST *:666/seal; finding wildcard-host
}

func (svc *Service) Shadow(ctx context.Context, spare string) {
	targetapi.NewClient(svc).ForHost(spare).Save(ctx) // want call POST *:444/save; finding wildcard-host
}
