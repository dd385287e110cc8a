// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type reader struct{ client targetapi.Client }

type writer struct{ client otherapi.Client }

func (r reader) read(ctx context.Context) error {
	_, err := r.client.Load(ctx, "1") // want call GET target.golden:443/load/{id}
	return err
}

func (w writer) write(ctx context.Context) error {
	return w.client.Save(ctx) // want call POST other.golden:443/save
}

func (svc *Service) Run(ctx context.Context) error {
	if err := (reader{client: targetapi.NewClient(svc)}).read(ctx); err != nil {
		return err
	}
	return writer{client: otherapi.NewClient(svc)}.write(ctx)
}
