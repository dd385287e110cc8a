package inner

import (
	"net/http"

	"github.com/microbus-io/fabric/service"
	"github.com/microbus-io/fabric/sub"
)

func Serve(svc service.Subscriber) error {
	return svc.Subscribe("X", serve, sub.At("GET", "//inner.golden/x")) // want route GET inner.golden:443/x
}

func serve(w http.ResponseWriter, r *http.Request) error { return nil }
