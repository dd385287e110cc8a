// upstream: misses clients in package variables.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

var target targetapi.Client

func (svc *Service) OnStartup(ctx context.Context) error {
	target = targetapi.NewClient(svc)
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	return target.Save(ctx) // want call POST target.golden:444/save
}
