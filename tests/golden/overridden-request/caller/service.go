// upstream: misses a URL among a client's options.
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
	targetapi.NewClient(svc).WithOptions(pub.URL("https://x.golden/y")).Load(ctx, "1") // want call GET target.golden:443/load/{id}; finding overridden-request
	targetapi.NewClient(svc).WithOptions(pub.Header("A", "b")).Save(ctx)               // want call POST target.golden:444/save
}
