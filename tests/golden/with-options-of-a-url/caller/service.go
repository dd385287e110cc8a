// upstream: misses that the URL is overridden.
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
	targetapi.NewClient(svc).WithOptions(pub.URL("https://redirected.golden/x")).Save(ctx) // want request POST redirected.golden:443/x
}
