// upstream: misses raw requests in a helper.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).Raw(ctx) // want request GET raw.golden:443/x
}
