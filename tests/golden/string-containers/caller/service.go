// upstream: misses elements of slices and maps
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

var regions = map[string]string{"eu": "eu.golden", "us": "us.golden"}

var extended = []string{"one.golden"}

func init() {
	extended = append(extended, "two.golden")
}

type peer struct {
	host string
	path string
}

func (svc *Service) Run(ctx context.Context, i int, region string) {
	for _, host := range []string{"a.golden", "b.golden"} {
		svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET a.golden:443/x; request GET b.golden:443/x
	}
	hosts := []string{"c.golden"}
	hosts = append(hosts, "d.golden", "e.golden")
	svc.Request(ctx, pub.GET("https://"+hosts[i]+"/x"))        // want request GET c.golden:443/x; request GET d.golden:443/x; request GET e.golden:443/x
	svc.Request(ctx, pub.GET("https://"+regions[region]+"/x")) // want request GET eu.golden:443/x; request GET us.golden:443/x
	for host := range map[string]int{"k.golden": 1, "l.golden": 2} {
		svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET k.golden:443/x; request GET l.golden:443/x
	}
	for _, host := range extended {
		svc.Request(ctx, pub.GET("https://"+host+"/y")) // want request GET one.golden:443/y; request GET two.golden:443/y
	}
	for _, each := range []peer{{"p.golden", "/1"}, {host: "q.golden", path: "/1"}} {
		svc.Request(ctx, pub.GET("https://"+each.host+each.path)) // want request GET p.golden:443/1; request GET q.golden:443/1
	}
	if found, ok := regions[region]; ok {
		svc.Request(ctx, pub.GET("https://"+found+"/z")) // want request GET eu.golden:443/z; request GET us.golden:443/z
	}
	set := map[string]string{}
	set["x"] = "m.golden"
	svc.Request(ctx, pub.GET("https://"+set[region]+"/x")) // want request GET m.golden:443/x
}
