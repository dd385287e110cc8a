// upstream: misses types that are named after a client's.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type Target = targetapi.Client

func use(ctx context.Context, target Target) error {
	return target.Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) Run(ctx context.Context) error {
	return use(ctx, targetapi.NewClient(svc))
}
