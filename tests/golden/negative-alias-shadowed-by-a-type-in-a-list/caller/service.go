// upstream: widens: a type of the alias' name is taken for the API package.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

type maker struct{}

func (maker) NewClient(any) maker { return maker{} }

func (maker) Save(ctx context.Context) error { return nil }

var _ = targetapi.Hostname

func (svc *Service) Embedded(ctx context.Context) {
	type (
		first     int
		targetapi struct{ maker }
	)
	targetapi.NewClient(targetapi{}, svc).Save(ctx)
	_ = first(0)
}

func (svc *Service) Listed(ctx context.Context) {
	type (
		targetapi struct{ maker }
		second    = targetapi
	)
	targetapi.NewClient(second{}, svc).Save(ctx)
}

func (svc *Service) Alone(ctx context.Context) {
	type targetapi struct{ maker }
	targetapi.NewClient(targetapi{}, svc).Save(ctx)
}

func (svc *Service) Elsewhere(ctx context.Context) {
	if ctx != nil {
		type (
			first     int
			targetapi struct{ maker }
		)
		targetapi.NewClient(targetapi{}, svc).Save(ctx)
		_ = first(0)
	}
	targetapi.NewClient(svc).Seal(ctx) // want call POST target.golden:666/seal
}
