// upstream: misses it silently.
// does not compile: it calls what is not there.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).Missing(ctx) // want finding unknown-endpoint
}
