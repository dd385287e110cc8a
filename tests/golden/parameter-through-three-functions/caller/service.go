// upstream: widens: the parameter's own host is granted beside the one that is passed.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return one(ctx, targetapi.NewClient(svc).ForHost("deep.golden"))
}

func one(ctx context.Context, c targetapi.Client) error { return two(ctx, c) }

func two(ctx context.Context, c targetapi.Client) error { return three(ctx, c) }

func three(ctx context.Context, c targetapi.Client) error {
	return c.Save(ctx) // want call POST deep.golden:444/save
}
