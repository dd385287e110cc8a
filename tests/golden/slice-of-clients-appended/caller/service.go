// upstream: misses clients in slices.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	var clients []targetapi.Client
	clients = append(clients, targetapi.NewClient(svc))
	clients = append(clients, targetapi.NewClient(svc).ForHost("second.golden"))
	for i := range clients {
		clients[i].Save(ctx) // want call POST target.golden:444/save; call POST second.golden:444/save
	}
}
