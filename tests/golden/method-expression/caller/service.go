// upstream: misses method expressions.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.Client.Save(targetapi.NewClient(svc), ctx) // want call POST target.golden:444/save
}
