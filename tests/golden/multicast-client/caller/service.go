// upstream: misses the host of a bound client.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	for answer := range targetapi.NewMulticastClient(svc).Load(ctx, "1") { // want call GET target.golden:443/load/{id}
		if _, err := answer.Get(); err != nil {
			return err
		}
	}
	client := targetapi.NewMulticastClient(svc).ForHost("all")
	client.Save(ctx) // want call POST all:444/save
	return nil
}
