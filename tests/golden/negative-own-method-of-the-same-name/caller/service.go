// Save is the microservice's own.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Save(ctx context.Context) error { return nil }

// Seal is, too.
func (svc *Service) Seal(ctx context.Context) error { return nil }

func (svc *Service) Run(ctx context.Context) error {
	if err := svc.Save(ctx); err != nil {
		return err
	}
	return svc.Seal(ctx)
}
