// upstream: widens a closed set of methods to any method.
package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, whole bool) {
	method := "PATCH"
	if whole {
		method = http.MethodPut
	}
	svc.Request(ctx, pub.Method(method), pub.URL("https://raw.golden/x")) // want request PATCH raw.golden:443/x; request PUT raw.golden:443/x
}
