// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

type saver interface {
	Save(ctx context.Context) error
}

type wrap struct{ saver }

func (svc *Service) Run(ctx context.Context) {
	w := wrap{targetapi.NewClient(svc)}
	w.Save(ctx) // want call POST target.golden:444/save
	var s saver = w
	s.Save(ctx) // want call POST target.golden:444/save
}
