// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	ch := make(chan targetapi.Client, 1)
	ch <- targetapi.NewClient(svc)
	c := <-ch
	c.Save(ctx) // want call POST target.golden:444/save
	for each := range ch {
		each.Seal(ctx) // want call POST target.golden:666/seal
	}
	select {
	case d := <-ch:
		d.Load(ctx, "1") // want call GET target.golden:443/load/{id}
	default:
	}
}
