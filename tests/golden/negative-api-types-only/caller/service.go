package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, in targetapi.LoadIn) targetapi.LoadOut {
	return targetapi.LoadOut{Text: in.Id + targetapi.Hostname + targetapi.Load.Route}
}
