// upstream: misses the third microservice.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).Third(ctx) // want call PUT other.golden:444/store
}
