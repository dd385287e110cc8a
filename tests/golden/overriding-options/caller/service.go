// upstream: misses options that override a typed client's URL
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, url string, opts []pub.Option) {
	targetapi.NewClient(svc).WithOptions(pub.URL("https://x.golden/y")).Load(ctx, "1")                 // want request GET x.golden:443/y
	targetapi.NewClient(svc).WithOptions(pub.Header("A", "b")).Save(ctx)                               // want call POST target.golden:444/save
	targetapi.NewClient(svc).WithOptions(pub.Method("PUT")).Save(ctx)                                  // want call PUT target.golden:444/save
	targetapi.NewClient(svc).ForHost("a.golden").WithOptions(pub.POST("https://z.golden/1")).Save(ctx) // want request POST z.golden:443/1
	client := targetapi.NewClient(svc).WithOptions(pub.URL("https://one.golden/w"))
	client.Save(ctx)                                                                      // want request POST one.golden:443/w
	client.WithOptions(pub.URL("https://two.golden/w")).Save(ctx)                         // want request POST two.golden:443/w
	targetapi.NewMulticastClient(svc).WithOptions(pub.URL("https://m.golden/")).Save(ctx) // want request POST m.golden:443/
	targetapi.NewClient(svc).WithOptions(pub.URL(url)).Save(ctx)                          // want request POST *:*>; finding wildcard-url
	targetapi.NewClient(svc).WithOptions(opts...).Save(ctx)                               // want call POST target.golden:444/save; finding unfollowed-options
}
