package caller

import (
	"context"

	"golden.example/caller/callerapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return callerapi.NewClient(svc).Own(ctx) // want call GET caller.golden:443/own
}
