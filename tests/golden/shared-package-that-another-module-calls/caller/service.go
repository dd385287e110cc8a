// upstream: misses: it looks at the microservice's own directory alone.
// does not compile: it uses a module that cannot be had.
package caller

import (
	"context"

	"example.com/ledger"

	"golden.example/jobs"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	ledger.Every("hour", jobs.NewSaver(svc))
	return nil
}
