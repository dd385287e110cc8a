// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) walk(c targetapi.Client, n int) targetapi.Client {
	if n == 0 {
		return c
	}
	c.Save(context.Background()) // want call POST r.golden:444/save
	return svc.walk(c, n-1)
}

func (svc *Service) Run(ctx context.Context) {
	svc.walk(targetapi.NewClient(svc).ForHost("r.golden"), 3).Seal(ctx) // want call POST r.golden:666/seal
}
