// upstream: misses clients in maps.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	clients map[string]targetapi.Client
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.clients = map[string]targetapi.Client{}
	svc.clients["a"] = targetapi.NewClient(svc)
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	if client, found := svc.clients["a"]; found {
		return client.Save(ctx) // want call POST target.golden:444/save
	}
	return nil
}
