package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type stranger struct{}

func (stranger) Save(ctx context.Context) error { return nil }

func (svc *Service) Run(ctx context.Context) error {
	client := targetapi.NewClient(svc)
	return client.Seal(ctx) // want call POST target.golden:666/seal
}

func (svc *Service) Other(ctx context.Context, client stranger) error {
	return client.Save(ctx)
}
