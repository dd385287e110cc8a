// upstream: misses the host that a parameter is given.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func walk(ctx context.Context, c targetapi.Client, depth int) error {
	if depth == 0 {
		return c.Save(ctx) // want call POST walked.golden:444/save
	}
	return walk(ctx, c, depth-1)
}

func (svc *Service) Run(ctx context.Context) error {
	return walk(ctx, targetapi.NewClient(svc).ForHost("walked.golden"), 3)
}
