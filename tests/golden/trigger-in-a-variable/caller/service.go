// upstream: misses the triggers of others.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	trigger := targetapi.NewMulticastTrigger(svc)
	trigger.OnSaved(ctx)                                                       // want event POST target.golden:417/on-saved
	trigger.WithOptions(pub.Header("A", "b")).ForHost("t.golden").OnMoved(ctx) // want event POST t.golden:417/on-moved
}
