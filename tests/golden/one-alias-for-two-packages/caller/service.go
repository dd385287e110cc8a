// upstream: misses one of the two: an alias is one for all files.
package caller

import (
	"context"

	sameapi "golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return sameapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
