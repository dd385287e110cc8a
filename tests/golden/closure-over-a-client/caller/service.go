package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	client := targetapi.NewClient(svc)
	save := func() error {
		return client.Save(ctx) // want call POST target.golden:444/save
	}
	return save()
}
