// upstream: widens: a variable of the alias' name is taken for the API package.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type builder struct{}

func (builder) NewClient(any) builder { return builder{} }

func (builder) Save(ctx context.Context) error { return nil }

func (svc *Service) Run(ctx context.Context) error {
	if err := targetapi.NewClient(svc).Seal(ctx); err != nil { // want call POST target.golden:666/seal
		return err
	}
	targetapi := builder{}
	return targetapi.NewClient(svc).Save(ctx)
}
