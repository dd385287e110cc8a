// upstream: misses method values.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	target := targetapi.NewClient(svc)
	return svc.Parallel(ctx,
		target.Save,                     // want call POST target.golden:444/save
		otherapi.NewClient(svc).Store,   // want call PUT other.golden:444/store
		target.ForHost("p.golden").Seal, // want call POST p.golden:666/seal
	)
}
