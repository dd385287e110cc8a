// upstream: misses clients that closures return.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	target := func() targetapi.Client { return targetapi.NewClient(svc).ForHost("closed.golden") }
	return target().Save(ctx) // want call POST closed.golden:444/save
}
