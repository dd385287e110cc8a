// upstream: misses the call: the rule is dropped.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).Odd(ctx)  // want finding invalid-route
	targetapi.NewClient(svc).Fine(ctx) // want call GET target.golden:443/fine
}
