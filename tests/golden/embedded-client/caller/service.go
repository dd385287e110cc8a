// upstream: misses promoted methods.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type archive struct {
	targetapi.Client
}

func (svc *Service) Run(ctx context.Context) error {
	a := archive{targetapi.NewClient(svc)}
	return a.Save(ctx) // want call POST target.golden:444/save
}
