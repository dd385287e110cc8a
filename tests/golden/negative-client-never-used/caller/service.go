package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	client := targetapi.NewClient(svc).ForHost("unused.golden")
	_ = client
}
