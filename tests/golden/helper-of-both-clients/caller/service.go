// upstream: misses the helper of the one client.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).Both(ctx)          // want call POST target.golden:444/save
	targetapi.NewMulticastClient(svc).Both(ctx) // want call POST target.golden:666/seal
}
