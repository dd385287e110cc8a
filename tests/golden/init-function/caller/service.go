package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

var keeper targetapi.Client

func init() {
	keeper = targetapi.NewClient(nil)
	keeper.Save(context.Background()) // want call POST target.golden:444/save
}

func (svc *Service) Run(ctx context.Context) {}
