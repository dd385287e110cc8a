package caller

import (
	"context"

	"golden.example/target/targetapi"
)

func (svc *Service) draft(ctx context.Context) error { return targetapi.NewClient(svc).Seal(ctx) }
