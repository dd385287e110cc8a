// Package storefront is the storefront.shop microservice.
package storefront

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
)

// Service serves HTTP and asks the other microservices.
type Service struct {
	*Intermediate

	server http.Server
}

// OnStartup listens on port 8080, or where SHOP_LISTEN says.
func (svc *Service) OnStartup(ctx context.Context) (err error) {
	listener, err := net.Listen("tcp", cmp.Or(os.Getenv("SHOP_LISTEN"), ":8080"))
	if err != nil {
		return err
	}
	svc.LogInfo(ctx, "Serving HTTP", "address", listener.Addr().String())
	svc.server.Handler = svc.routes()
	go func() {
		if err := svc.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			svc.LogError(svc.Lifetime(), "HTTP server", "error", err)
		}
	}()
	return nil
}

// OnShutdown ends the HTTP requests being served.
func (svc *Service) OnShutdown(ctx context.Context) (err error) {
	return svc.server.Shutdown(ctx)
}
