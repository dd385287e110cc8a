// upstream: misses clients that functions return.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) target() (c targetapi.Client) {
	c = targetapi.NewClient(svc).ForHost("named.golden")
	return
}

func (svc *Service) Run(ctx context.Context) error {
	return svc.target().Save(ctx) // want call POST named.golden:444/save
}
