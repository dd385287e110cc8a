// upstream: widens: a variable of the alias' name is taken for the API package.
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

func (svc *Service) Run(ctx context.Context) {
	var (
		first     int
		targetapi maker
	)
	targetapi.NewClient(svc).Save(ctx)
	_ = first
}

func parameters(ctx context.Context, svc *Service) {
	func(targetapi, second maker) {
		targetapi.NewClient(svc).Save(ctx)
	}(maker{}, maker{})
}
