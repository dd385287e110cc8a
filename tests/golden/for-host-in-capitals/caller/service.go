// upstream: misses the lower case that the runtime sends.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).ForHost("Capital.Golden").Save(ctx) // want call POST capital.golden:444/save
}
