package caller

import (
	"context"
	"net/http"

	options "github.com/microbus-io/fabric/sub"

	mine "golden.example/caller/callerapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	return svc.Subscribe("Again", svc.again, options.At(mine.Own.Method, mine.Own.Route)) // want route GET caller.golden:443/own
}

func (svc *Service) again(w http.ResponseWriter, r *http.Request) error { return nil }
