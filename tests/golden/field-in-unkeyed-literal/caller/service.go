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

func (svc *Service) Run(ctx context.Context) error {
	w := worker{"w", targetapi.NewClient(svc).ForHost("unkeyed.golden")}
	return w.target.Save(ctx) // want call POST unkeyed.golden:444/save
}
