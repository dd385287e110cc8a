// upstream: widens a constant method to any method.
package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.Method(http.MethodPatch), pub.URL("https://raw.golden/x")) // want request PATCH raw.golden:443/x
}
