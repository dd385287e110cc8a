// upstream: misses clients behind interfaces.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type saver interface {
	SaveIt(ctx context.Context) error
}

type wrapper struct{ client targetapi.Client }

func (w *wrapper) SaveIt(ctx context.Context) error {
	return w.client.Save(ctx) // want call POST target.golden:444/save
}

type Service struct {
	*Intermediate
	saver saver
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.saver = &wrapper{client: targetapi.NewClient(svc)}
	return nil
}

func (svc *Service) Run(ctx context.Context) error { return svc.saver.SaveIt(ctx) }
