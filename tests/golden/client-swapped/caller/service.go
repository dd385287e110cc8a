// upstream: misses clients under a second name.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	a, b := targetapi.NewClient(svc), targetapi.NewClient(svc).ForHost("b.golden")
	a, b = b, a
	if err := a.Save(ctx); err != nil { // want call POST target.golden:444/save; call POST b.golden:444/save
		return err
	}
	return b.Save(ctx) // want call POST target.golden:444/save; call POST b.golden:444/save
}
