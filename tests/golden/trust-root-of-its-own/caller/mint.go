package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/sub"

	"golden.example/caller/callerapi"
)

func (svc *Service) OnStartup(ctx context.Context) error {
	return svc.Subscribe("Mint", svc.mint, sub.At(callerapi.Mint.Method, callerapi.Mint.Route)) // want route POST caller.golden:666/mint
}

func (svc *Service) mint(w http.ResponseWriter, r *http.Request) error { return nil }
