// upstream: misses clients in arrays.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	clients := [2]targetapi.Client{targetapi.NewClient(svc), targetapi.NewClient(svc)}
	clients[1].Save(ctx) // want call POST target.golden:444/save
}
