// upstream: misses a client that a generic function is given.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func apply[C any](client C, use func(C) error) error { return use(client) }

func (svc *Service) Run(ctx context.Context) error {
	return apply[targetapi.Client](targetapi.NewClient(svc), func(c targetapi.Client) error {
		return c.Save(ctx) // want call POST target.golden:444/save
	})
}
