// upstream: misses parameters of function literals.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	go targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
	go func(c otherapi.Client) {
		c.Store(ctx) // want call PUT other.golden:444/store
	}(otherapi.NewClient(svc))
	return nil
}
