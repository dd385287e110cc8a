// upstream: misses clients behind interfaces.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type saver interface {
	Save(ctx context.Context) error
}

type Service struct {
	*Intermediate
	saver saver
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.saver = targetapi.NewClient(svc)
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	return svc.saver.Save(ctx) // want call POST target.golden:444/save
}
