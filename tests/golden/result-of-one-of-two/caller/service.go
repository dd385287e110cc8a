// upstream: misses clients that functions return.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) pick(far bool) targetapi.Client {
	if far {
		return targetapi.NewClient(svc).ForHost("far.golden")
	}
	return targetapi.NewClient(svc)
}

func (svc *Service) Run(ctx context.Context) error {
	return svc.pick(true).Save(ctx) // want call POST far.golden:444/save; call POST target.golden:444/save
}
