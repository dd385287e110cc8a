// upstream: misses promoted methods.
package caller

import (
	"context"
	"fmt"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	targetapi.Client
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.Client = targetapi.NewClient(svc.Intermediate).ForHost("far.golden")
	return save(ctx, svc)
}

func save(ctx context.Context, svc *Service) error {
	return svc.Save(ctx) // want call POST far.golden:444/save
}

func (svc *Service) show() {
	fmt.Println(svc.Hostname())
}
