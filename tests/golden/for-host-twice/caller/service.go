package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.NewClient(svc).ForHost("first.golden").ForHost("second.golden").Save(ctx) // want call POST second.golden:444/save
}
