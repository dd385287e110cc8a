package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type saver struct{}

func (saver) save(ctx context.Context, client targetapi.Client) error {
	return client.Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) Run(ctx context.Context) error {
	return saver{}.save(ctx, targetapi.NewClient(svc))
}
