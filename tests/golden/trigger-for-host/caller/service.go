// upstream: misses the host of a trigger.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	for range targetapi.NewMulticastTrigger(svc).ForHost("group.golden").OnSaved(ctx) { // want event POST group.golden:417/on-saved
	}
}
