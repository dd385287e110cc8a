// upstream: misses an option that overrides an event's URL, and grants the event.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/caller/callerapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	_ = callerapi.Hostname
	targetapi.NewMulticastTrigger(svc).WithOptions(pub.URL("https://x.golden/y")).OnSaved(ctx) // want event POST target.golden:417/on-saved; finding overridden-request
}
