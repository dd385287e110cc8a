// OnSaved is named after an event, and listens to none.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnSaved(ctx context.Context) error { return nil }

func (svc *Service) Run(ctx context.Context) error { return svc.OnSaved(ctx) }
