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
	targetapi.NewClient(svc).ForHost("white space.golden").Save(ctx) // want finding invalid-route
}
