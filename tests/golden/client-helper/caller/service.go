// upstream: misses what a helper does otherwise than by a call on its receiver.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).LoadAndSave(ctx)                       // want call GET target.golden:443/load/{id}; call POST again.golden:444/save
	targetapi.NewClient(svc).ForHost("for.golden").LoadAndSave(ctx) // want call GET for.golden:443/load/{id}; call POST again.golden:444/save
	targetapi.NewMulticastClient(svc).Raw(ctx)                      // want request POST raw.golden:444/raw
	targetapi.NewClient(svc).Fresh(ctx)                             // want call POST target.golden:666/seal
}
