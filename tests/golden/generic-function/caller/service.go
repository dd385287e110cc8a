// upstream: misses a client that a generic function is given.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type saver interface {
	Save(ctx context.Context) error
}

func save[T saver](ctx context.Context, client T) error {
	return client.Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) Run(ctx context.Context) error {
	return save(ctx, targetapi.NewClient(svc))
}
