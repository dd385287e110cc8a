// upstream: misses method values
package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/sub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) OnStartup(ctx context.Context) error {
	subscribe := svc.Subscribe
	subscribe("A", svc.doA, sub.At("GET", ":443/a")) // want route GET caller.golden:443/a
	send := svc.Request
	send(ctx, pub.GET("https://one.golden/x")) // want request GET one.golden:443/x
	var publish = svc.Publish
	publish(ctx, pub.POST("https://two.golden/x")) // want request POST two.golden:443/x
	get := svc.GET
	get(ctx, "https://three.golden/x") // want request GET three.golden:443/x
	return nil
}

func (svc *Service) doA(w http.ResponseWriter, r *http.Request) error { return nil }
