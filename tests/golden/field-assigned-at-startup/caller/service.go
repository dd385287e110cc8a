// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	target targetapi.Client
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.target = targetapi.NewClient(svc)
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	return svc.target.Save(ctx) // want call POST target.golden:444/save
}
