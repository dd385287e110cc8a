// upstream: widens a closed set of hosts to any host.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	for left, host := 2, "first.golden"; left > 0; left-- {
		targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST first.golden:444/save; call POST next.golden:444/save
		host = "next.golden"
	}
	for left, options := 2, []pub.Option{pub.GET("https://first.golden/x")}; left > 0; left-- {
		svc.Request(ctx, options...) // want request GET first.golden:443/x; request POST next.golden:443/x
		options = append(options, pub.POST("https://next.golden/x"))
	}
	for left := 2; left > 0; left-- {
		host := "body.golden"
		targetapi.NewClient(svc).ForHost(host).Save(ctx) // want call POST body.golden:444/save
		host = "unused.golden"
		_ = host
	}
}
