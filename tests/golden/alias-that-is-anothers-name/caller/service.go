package caller

import (
	"context"

	otherapi "golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return otherapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
