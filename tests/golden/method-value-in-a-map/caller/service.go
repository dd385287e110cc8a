// upstream: misses method values.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, name string) error {
	target := targetapi.NewClient(svc)
	actions := map[string]func(context.Context) error{
		"save": target.Save, // want call POST target.golden:444/save
		"seal": target.Seal, // want call POST target.golden:666/seal
	}
	return actions[name](ctx)
}
