package caller

import (
	"context"

	"golden.example/target/targetapi"
)

func (svc *Service) disk(ctx context.Context) error {
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
