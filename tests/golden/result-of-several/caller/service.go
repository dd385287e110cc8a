// upstream: misses clients that functions return.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) both() (targetapi.Client, otherapi.Client) {
	return targetapi.NewClient(svc), otherapi.NewClient(svc)
}

func (svc *Service) Run(ctx context.Context) error {
	target, other := svc.both()
	if err := target.Save(ctx); err != nil { // want call POST target.golden:444/save
		return err
	}
	return other.Store(ctx) // want call PUT other.golden:444/store
}
