// upstream: misses clients behind interfaces.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type saver interface {
	Save(ctx context.Context) error
}

func (svc *Service) Run(ctx context.Context, far bool) error {
	var s saver = targetapi.NewClient(svc)
	if far {
		s = otherapi.NewClient(svc)
	}
	return s.Save(ctx) // want call POST target.golden:444/save; call POST other.golden:443/save
}
