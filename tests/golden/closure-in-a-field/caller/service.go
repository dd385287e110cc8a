package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	save func(ctx context.Context) error
}

func (svc *Service) OnStartup(ctx context.Context) error {
	client := targetapi.NewClient(svc)
	svc.save = func(ctx context.Context) error {
		return client.Save(ctx) // want call POST target.golden:444/save
	}
	return nil
}

func (svc *Service) Run(ctx context.Context) error { return svc.save(ctx) }
