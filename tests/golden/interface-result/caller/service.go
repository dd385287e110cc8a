// upstream: misses clients behind interfaces.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type saver interface {
	Save(ctx context.Context) error
}

func (svc *Service) saver() saver { return targetapi.NewClient(svc) }

func (svc *Service) Run(ctx context.Context) error {
	return svc.saver().Save(ctx) // want call POST target.golden:444/save
}
