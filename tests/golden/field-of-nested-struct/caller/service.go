// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	needs struct {
		first  targetapi.Client
		second struct{ deep otherapi.Client }
	}
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.needs.first = targetapi.NewClient(svc)
	svc.needs.second.deep = otherapi.NewClient(svc)
	return nil
}

func (svc *Service) Run(ctx context.Context) error {
	if err := svc.needs.first.Save(ctx); err != nil { // want call POST target.golden:444/save
		return err
	}
	return svc.needs.second.deep.Save(ctx) // want call POST other.golden:443/save
}
