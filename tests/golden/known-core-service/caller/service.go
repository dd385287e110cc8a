// upstream: misses packages that cannot be found.
// does not compile: the framework's core services cannot be had.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/coreservices/accesstoken/accesstokenapi"
	"github.com/microbus-io/fabric/coreservices/configurator/configuratorapi"
	"github.com/microbus-io/fabric/coreservices/control/controlapi"
	"github.com/microbus-io/fabric/coreservices/metrics/metricsapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	configuratorapi.NewClient(svc).Refresh(ctx)                 // want call ANY configurator.core:444/refresh; finding known-core-service
	metricsapi.NewClient(svc).Collect(ctx, "")                  // want call GET metrics.core:443/collect; finding known-core-service
	accesstokenapi.NewClient(svc).Mint(ctx, nil)                // want call ANY access.token.core:666/mint; finding known-core-service
	controlapi.NewMulticastClient(svc).ForHost("all").Ping(ctx) // want call ANY all:888/ping; finding known-core-service
}
