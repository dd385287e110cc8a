// upstream: misses pointers to clients.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	clients *[]targetapi.Client
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.clients = new([]targetapi.Client{targetapi.NewClient(svc).ForHost("listed.golden")})
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	pointer := new(targetapi.NewClient(svc).ForHost("new.golden"))
	if err := pointer.Save(ctx); err != nil { // want call POST new.golden:444/save
		return err
	}
	again := new(*pointer)
	if err := again.Save(ctx); err != nil { // want call POST new.golden:444/save
		return err
	}
	for _, client := range *svc.clients {
		_ = client.Save(ctx) // want call POST listed.golden:444/save
	}
	set := new(targetapi.Client)
	*set = targetapi.NewClient(svc).ForHost("set.golden")
	return set.Seal(ctx) // want call POST set.golden:666/seal
}
