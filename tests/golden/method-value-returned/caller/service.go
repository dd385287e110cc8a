// upstream: misses method values.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) action() func(context.Context) error {
	return targetapi.NewClient(svc).Save // want call POST target.golden:444/save
}

func (svc *Service) Run(ctx context.Context) error { return svc.action()(ctx) }
