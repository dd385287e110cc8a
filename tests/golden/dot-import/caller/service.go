package caller

import (
	"context"
	. "golden.example/target/targetapi" // want finding dot-import
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return NewClient(svc).Save(ctx)
}
