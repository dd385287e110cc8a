// upstream: misses: it knows variables and parameters alone.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	list := []targetapi.Client{targetapi.NewClient(svc)}
	for i := range list {
		println(i)
		list[i].Save(ctx) // want call POST target.golden:444/save
	}
	list = append(list, targetapi.NewClient(svc))
	copied := make([]targetapi.Client, 1)
	copy(copied, list)
	copied[0].Seal(ctx) // want call POST target.golden:666/seal
	arr := [...]targetapi.Client{targetapi.NewClient(svc)}
	arr[0].Load(ctx, "1") // want call GET target.golden:443/load/{id}
}
