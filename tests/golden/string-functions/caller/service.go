// upstream: misses what functions of the standard library make of constants
package caller

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/microbus-io/fabric/httpx"
	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

const host = "Target.Golden"

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET(fmt.Sprintf("https://%s:%d/v%v", "a.golden", 444, "2")))     // want request GET a.golden:444/v2
	svc.Request(ctx, pub.GET("https://b.golden:"+strconv.Itoa(445)+"/"))                  // want request GET b.golden:445/
	svc.Request(ctx, pub.GET(strings.Join([]string{"https:", "", "c.golden", "x"}, "/"))) // want request GET c.golden:443/x
	svc.Request(ctx, pub.Method(strings.ToUpper("put")), pub.URL("https://d.golden/"))    // want request PUT d.golden:443/
	svc.Request(ctx, pub.GET("https://"+strings.ToLower(host)+"/e"))                      // want request GET target.golden:443/e
	svc.Request(ctx, pub.GET(strings.TrimSuffix("https://f.golden/x/", "/")))             // want request GET f.golden:443/x
	svc.Request(ctx, pub.GET(httpx.JoinHostAndPath("g.golden", ":444/x")))                // want request GET g.golden:444/x
	svc.Request(ctx, pub.GET(httpx.JoinHostAndPath("h.golden", "//i.golden/x")))          // want request GET i.golden:443/x
	joined, err := url.JoinPath("https://j.golden/a/", "b", "c")
	if err != nil {
		return
	}
	svc.Request(ctx, pub.GET(joined))                                                    // want request GET j.golden:443/a/b/c
	svc.Request(ctx, pub.GET(strings.ReplaceAll("https://k.golden/{v}/x", "{v}", "v1"))) // want request GET k.golden:443/v1/x
	svc.Request(ctx, pub.GET(strings.Map(nil, "https://l.golden/")))                     // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET(fmt.Sprintf("https://%[1]s/x", "m.golden")))                // want request GET *:*>; finding wildcard-url
}
