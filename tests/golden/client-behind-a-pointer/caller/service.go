// upstream: misses pointers to clients.
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
	pointer := &client
	if err := pointer.Save(ctx); err != nil { // want call POST target.golden:444/save
		return err
	}
	return (*pointer).Seal(ctx) // want call POST target.golden:666/seal
}
