// upstream: misses aliases that do not end in api.
package caller

import (
	"context"

	"golden.example/target/targetapi"
	again "golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	if err := again.NewClient(svc).Save(ctx); err != nil { // want call POST target.golden:444/save
		return err
	}
	return targetapi.NewClient(svc).Seal(ctx) // want call POST target.golden:666/seal
}
