// upstream: misses aliases that do not end in api.
package caller

import (
	"context"

	t "golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return t.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
