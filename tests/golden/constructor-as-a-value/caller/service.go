// upstream: misses constructors that are passed on.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	connect := targetapi.NewClient
	return connect(svc).Save(ctx) // want call POST target.golden:444/save
}
