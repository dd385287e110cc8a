// upstream: widens: an alias is one for all files.
package caller

import (
	"context"

	api "golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return api.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
