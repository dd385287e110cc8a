// upstream: misses ForHost in a helper.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).Mirror(ctx) // want call POST mirror.golden:444/save
}
