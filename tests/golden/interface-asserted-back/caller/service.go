// upstream: misses type assertions.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	var anything any = targetapi.NewClient(svc)
	client, fits := anything.(targetapi.Client)
	if !fits {
		return nil
	}
	return client.Save(ctx) // want call POST target.golden:444/save
}
