// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type stranger struct{}

func (stranger) Save(ctx context.Context) error { return nil }

type one struct{ client targetapi.Client }

type two struct{ client stranger }

func (svc *Service) Run(ctx context.Context) error {
	o, t := one{client: targetapi.NewClient(svc)}, two{client: stranger{}}
	if err := t.client.Save(ctx); err != nil {
		return err
	}
	return o.client.Seal(ctx) // want call POST target.golden:666/seal
}
