// upstream: misses clients in slices.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	for _, client := range []targetapi.Client{targetapi.NewClient(svc), targetapi.NewClient(svc).ForHost("second.golden")} {
		client.Save(ctx) // want call POST target.golden:444/save; call POST second.golden:444/save
	}
}
