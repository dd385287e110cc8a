// upstream: misses variadic parameters.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func saveAll(ctx context.Context, clients ...targetapi.Client) {
	for _, client := range clients {
		client.Save(ctx) // want call POST target.golden:444/save; call POST second.golden:444/save
	}
}

func (svc *Service) Run(ctx context.Context) {
	saveAll(ctx, targetapi.NewClient(svc), targetapi.NewClient(svc).ForHost("second.golden"))
}
