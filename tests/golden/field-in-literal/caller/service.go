// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type worker struct {
	name   string
	target targetapi.Client
}

func (w *worker) work(ctx context.Context) error {
	return w.target.Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) Run(ctx context.Context) error {
	w := &worker{name: "w", target: targetapi.NewClient(svc)}
	return w.work(ctx)
}
