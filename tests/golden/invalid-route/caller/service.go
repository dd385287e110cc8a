// upstream: misses the rule, silently.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).ForHost("no host").Seal(ctx) // want finding invalid-route
}
