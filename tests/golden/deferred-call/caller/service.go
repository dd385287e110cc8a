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
	defer client.Save(ctx) // want call POST target.golden:444/save
	defer func() {
		client.Seal(ctx) // want call POST target.golden:666/seal
	}()
	return nil
}
