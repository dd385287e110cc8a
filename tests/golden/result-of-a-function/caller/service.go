// upstream: misses clients that functions return.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func made(svc *Service) targetapi.Client {
	return targetapi.NewClient(svc)
}

func (svc *Service) Run(ctx context.Context) error {
	return made(svc).Save(ctx) // want call POST target.golden:444/save
}
