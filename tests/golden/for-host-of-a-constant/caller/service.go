// upstream: widens a constant host to any host.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

const mirror = "mirror.golden"

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).ForHost(mirror).Seal(ctx) // want call POST mirror.golden:666/seal
}
