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
	options := []sub.Option{sub.NoQueue(), sub.At("GET", "//sliced.golden/x")}
	return svc.Subscribe("X", svc.hello, options...) // want route GET sliced.golden:443/x
}

func (svc *Service) hello(w http.ResponseWriter, r *http.Request) error { return nil }
