// upstream: misses clients in maps.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, which string) error {
	clients := map[string]targetapi.Client{
		"near": targetapi.NewClient(svc),
		"far":  targetapi.NewClient(svc).ForHost("far.golden"),
	}
	return clients[which].Save(ctx) // want call POST target.golden:444/save; call POST far.golden:444/save
}
