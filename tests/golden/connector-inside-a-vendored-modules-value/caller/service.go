// upstream: misses: it looks at the microservice's own directory alone.
// does not compile: its vendor directory has no list of modules.
package caller

import (
	"context"

	"example.com/ledger"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	options := ledger.Options{Caller: svc}
	return options.Sync(ctx)
}
