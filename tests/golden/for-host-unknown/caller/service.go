package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, host string) error {
	return targetapi.NewClient(svc).ForHost(host).Seal(ctx) // want call POST *:666/seal; finding wildcard-host
}
