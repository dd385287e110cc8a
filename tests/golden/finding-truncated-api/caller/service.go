// upstream: misses all calls of a callee that does not parse, silently.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
