// upstream: misses the endpoint's path: a computed route is granted as the root.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).Fetch(ctx) // want finding unreadable-definition
}
