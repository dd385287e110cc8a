// upstream: misses clients that functions return.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type factory struct{ svc *Service }

func (f factory) target() targetapi.Client { return targetapi.NewClient(f.svc) }

func (svc *Service) factory() factory { return factory{svc} }

func (svc *Service) Run(ctx context.Context) error {
	return svc.factory().target().ForHost("made.golden").Save(ctx) // want call POST made.golden:444/save
}
