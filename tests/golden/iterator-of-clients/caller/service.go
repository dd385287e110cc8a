// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func clients(svc *Service) func(yield func(int, targetapi.Client) bool) {
	return func(yield func(int, targetapi.Client) bool) {
		yield(0, targetapi.NewClient(svc))
	}
}

func (svc *Service) Run(ctx context.Context) {
	for _, c := range clients(svc) {
		c.Save(ctx) // want call POST target.golden:444/save
	}
}
