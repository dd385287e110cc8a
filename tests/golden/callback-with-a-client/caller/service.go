// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func each(list []targetapi.Client, f func(targetapi.Client)) {
	for _, c := range list {
		f(c)
	}
}

func (svc *Service) Run(ctx context.Context) {
	each([]targetapi.Client{targetapi.NewClient(svc).ForHost("l.golden")}, func(c targetapi.Client) {
		c.Save(ctx) // want call POST l.golden:444/save
	})
}
