// upstream: misses constants.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/caller/urls"
	"golden.example/other/otherapi"
	named "golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET(urls.Base+"/x"))                 // want request GET other.golden:444/x
	svc.Request(ctx, pub.GET(urls.Of("/y")))                  // want request GET other.golden:444/y
	svc.Request(ctx, pub.GET(urls.Table["a"]))                // want request GET table.golden:443/a
	svc.Request(ctx, pub.GET("https://"+named.Hostname))      // want request GET target.golden:443
	named.NewClient(svc).ForHost(otherapi.Hostname).Save(ctx) // want call POST other.golden:444/save
}
