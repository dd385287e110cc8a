// upstream: misses constants of any kind but literals
package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/pub"

	"golden.example/names"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

type hostname string

const (
	scheme        = "https://"
	first, second = "first.golden", "second.golden"
	repeated      = "repeated.golden"
	again
	typed     hostname = "typed.golden"
	converted          = string(typed)
	port               = ":444"
)

func (svc *Service) Run(ctx context.Context) {
	const local = "local.golden"
	svc.Request(ctx, pub.GET(scheme+first+port+"/a"))                                  // want request GET first.golden:444/a
	svc.Request(ctx, pub.GET(scheme+second+"/a"))                                      // want request GET second.golden:443/a
	svc.Request(ctx, pub.GET(scheme+again+"/a"))                                       // want request GET repeated.golden:443/a
	svc.Request(ctx, pub.GET(scheme+string(typed)+"/a"))                               // want request GET typed.golden:443/a
	svc.Request(ctx, pub.GET(scheme+converted+"/b"))                                   // want request GET typed.golden:443/b
	svc.Request(ctx, pub.GET(scheme+local+"/a"))                                       // want request GET local.golden:443/a
	svc.Request(ctx, pub.GET(scheme+names.Elsewhere+"/a"))                             // want request GET elsewhere.golden:443/a
	svc.Request(ctx, pub.Method(http.MethodPatch), pub.URL("https://m.golden/"))       // want request PATCH m.golden:443/
	svc.Request(ctx, pub.GET(scheme+targetapi.Hostname+"/a"))                          // want request GET target.golden:443/a
	svc.Request(ctx, pub.Method(targetapi.Save.Method), pub.URL(targetapi.Save.URL())) // want request POST target.golden:444/save
	svc.Request(ctx, pub.DELETE(scheme+targetapi.Hostname+targetapi.Save.Route))       // want request DELETE target.golden:444/save
}
