package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type worker struct{ svc *Service }

func (w worker) work(ctx context.Context) error {
	return targetapi.NewClient(w.svc).Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) Run(ctx context.Context) error { return worker{svc}.work(ctx) }
