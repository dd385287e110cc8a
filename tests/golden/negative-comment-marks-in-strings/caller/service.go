package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	opened, closed := "/*", "*/"
	quote := '"'
	_, _, _ = opened, closed, quote
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
