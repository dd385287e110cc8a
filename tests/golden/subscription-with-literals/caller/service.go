// upstream: misses subscriptions outside intermediate.go.
package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/sub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	return svc.Subscribe("Hello", svc.hello, sub.At("GET", "//greeting.golden/hello"), sub.Web()) // want route GET greeting.golden:443/hello
}

func (svc *Service) hello(w http.ResponseWriter, r *http.Request) error { return nil }
