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

const (
	version = "v2"
	prefix  = "//api.golden:0/" + version
)

func (svc *Service) OnStartup(ctx context.Context) error {
	const method = "put"
	return svc.Subscribe("Hello", svc.hello, sub.At(method, prefix+"/hello/{name}")) // want route PUT api.golden:*/v2/hello/{name}
}

func (svc *Service) hello(w http.ResponseWriter, r *http.Request) error { return nil }
