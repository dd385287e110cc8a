// upstream: misses the triggers of others.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	trigger *targetapi.MulticastTrigger
}

func (svc *Service) OnStartup(ctx context.Context) error {
	trigger := targetapi.NewMulticastTrigger(svc)
	svc.trigger = &trigger
	return nil
}

func (svc *Service) Run(ctx context.Context) {
	svc.trigger.OnMoved(ctx) // want event POST target.golden:417/on-moved
}
