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
	for _, route := range []string{"//one.golden/x", "//two.golden:666/x"} {
		svc.Subscribe("X", svc.hello, sub.At("POST", route)) // want route POST one.golden:443/x; route POST two.golden:666/x
	}
	return nil
}

func (svc *Service) hello(w http.ResponseWriter, r *http.Request) error { return nil }
