// upstream: misses packages that cannot be found.
// does not compile: the framework's core services cannot be had.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/coreservices/configurator/configuratorapi"
	"github.com/microbus-io/fabric/coreservices/shell/shellapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	configuratorapi.NewClient(svc).Rewrite(ctx)      // want finding unresolved-api
	configuratorapi.NewHook(svc).OnRefreshed(svc.on) // want finding unresolved-api
	shellapi.NewClient(svc).Execute(ctx, "ls")       // want finding unresolved-api
}

func (svc *Service) on(ctx context.Context) error { return nil }
