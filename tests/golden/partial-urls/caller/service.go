// upstream: misses trust roots with a dynamic path, and widens every other partly dynamic URL to any host.
package caller

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/microbus-io/fabric/httpx"
	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

const base = "https://orders.golden"

func (svc *Service) Run(ctx context.Context, id string, n int, host string) {
	svc.Request(ctx, pub.GET("https://orders.golden/orders/"+id))                      // want request GET orders.golden:443/orders/{rest...}; finding wildcard-path
	svc.Request(ctx, pub.GET(base+"/orders/"+id+"/items"))                             // want request GET orders.golden:443/orders/{rest...}; finding wildcard-path
	svc.Request(ctx, pub.GET(fmt.Sprintf("%s:444/v%d/orders", base, n)))               // want request GET orders.golden:444/{rest...}; finding wildcard-path
	svc.Request(ctx, pub.GET(base+"/search?q="+id))                                    // want request GET orders.golden:443/search
	svc.Request(ctx, pub.GET(base+"?q="+id))                                           // want request GET orders.golden:443
	svc.Request(ctx, pub.GET(base+"/page#"+id))                                        // want request GET orders.golden:443/page
	svc.Request(ctx, pub.GET(base+id))                                                 // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET(base+":"+strconv.Itoa(n)+"/x"))                           // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET(base+":44"+id))                                           // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET("https://"+host+"/x"))                                    // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET("https://"+id+"@orders.golden/x"))                        // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.POST("https://orders.golden:666/mint/"+id))                   // want request POST orders.golden:666/mint/{rest...}; finding wildcard-path
	svc.Request(ctx, pub.GET("https://orders.golden/a%2Fb%2"+id))                      // want request GET orders.golden:443/{rest...}; finding wildcard-path
	svc.Request(ctx, pub.GET(httpx.JoinHostAndPath(targetapi.Hostname, ":445/x/"+id))) // want request GET target.golden:445/x/{rest...}; finding wildcard-path
	svc.Request(ctx, pub.GET("https://orders.golden/x/"+url.PathEscape(id)))           // want request GET orders.golden:443/x/{rest...}; finding wildcard-path
	joined, _ := url.JoinPath("https://orders.golden/api", id)
	svc.Request(ctx, pub.GET(joined)) // want request GET orders.golden:443/{rest...}; finding wildcard-path
	svc.GET(ctx, base+"/short/"+id)   // want request GET orders.golden:443/short/{rest...}; finding wildcard-path
}

func (svc *Service) Either(ctx context.Context, id string, seal bool) {
	url := "https://seal.golden:666/mint"
	if !seal {
		url = id
	}
	svc.Request(ctx, pub.POST(url)) // want request POST seal.golden:666/mint; request POST *:*>; finding wildcard-url
}
