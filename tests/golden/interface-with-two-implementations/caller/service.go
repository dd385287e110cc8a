package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

type doer interface {
	Do(ctx context.Context, c targetapi.Client)
}

type one struct{}

type two struct{}

func (one) Do(ctx context.Context, c targetapi.Client) {
	c.Save(ctx) // want call POST target.golden:444/save
}

func (two) Do(ctx context.Context, c targetapi.Client) {
	c.Seal(ctx) // want call POST target.golden:666/seal
}

func (svc *Service) Run(ctx context.Context, d doer) {
	d.Do(ctx, targetapi.NewClient(svc))
}
