// upstream: misses that the method is overridden.
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
	targetapi.NewClient(svc).WithOptions(pub.Method("PUT")).Save(ctx) // want call PUT target.golden:444/save
}
