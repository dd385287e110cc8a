// upstream: misses method values.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	save := targetapi.NewClient(svc).Save // want call POST target.golden:444/save
	return save(ctx)
}
