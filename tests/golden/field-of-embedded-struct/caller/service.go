// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type clients struct {
	target targetapi.Client
}

type Service struct {
	*Intermediate
	clients
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.clients = clients{target: targetapi.NewClient(svc)}
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	return svc.target.Save(ctx) // want call POST target.golden:444/save
}
