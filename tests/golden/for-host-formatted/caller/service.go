// upstream: widens a formatted host to any host.
package caller

import (
	"context"
	"fmt"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).ForHost(fmt.Sprintf("%s-%d.golden", "shard", 7)).Save(ctx) // want call POST shard-7.golden:444/save
}
