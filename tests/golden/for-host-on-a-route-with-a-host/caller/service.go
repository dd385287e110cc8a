// upstream: widens: a host that the runtime ignores is granted.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, host string) error {
	if err := targetapi.NewClient(svc).ForHost("ignored.golden").Elsewhere(ctx); err != nil { // want call GET elsewhere.golden:*/here
		return err
	}
	return targetapi.NewClient(svc).ForHost(host).Elsewhere(ctx) // want call GET elsewhere.golden:*/here
}
