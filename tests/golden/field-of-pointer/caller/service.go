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
	target *targetapi.Client
}

func (svc *Service) Run(ctx context.Context) error {
	client := targetapi.NewClient(svc)
	w := worker{target: &client}
	return w.target.Save(ctx) // want call POST target.golden:444/save
}
