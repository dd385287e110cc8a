// upstream: widens: the callee's own host is granted beside the other.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	client := targetapi.NewClient(svc).ForHost("helped.golden")
	return client.LoadAndSave(ctx, "1") // want call GET helped.golden:443/load/{id}; call POST helped.golden:444/save
}
