// upstream: misses initialisers of package variables.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

var save = func(ctx context.Context, svc *Service) error {
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}

var table = map[string]func(context.Context, *Service) error{
	"seal": func(ctx context.Context, svc *Service) error {
		return targetapi.NewClient(svc).Seal(ctx) // want call POST target.golden:666/seal
	},
}

func (svc *Service) Run(ctx context.Context) error {
	if err := save(ctx, svc); err != nil {
		return err
	}
	return table["seal"](ctx, svc)
}
