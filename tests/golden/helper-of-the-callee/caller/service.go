package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).LoadAndSave(ctx, "1") // want call GET target.golden:443/load/{id}; call POST target.golden:444/save
}
