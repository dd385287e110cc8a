// upstream: misses subscriptions outside intermediate.go.
package caller

import (
	"context"
	"fmt"
	"net/http"

	"github.com/microbus-io/fabric/sub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	route := fmt.Sprintf("//api.golden/v%d/%s", 3, "hello")
	return svc.Subscribe("Hello", svc.hello, sub.At(http.MethodGet, route)) // want route GET api.golden:443/v3/hello
}

func (svc *Service) hello(w http.ResponseWriter, r *http.Request) error { return nil }
