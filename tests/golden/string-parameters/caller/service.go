// upstream: misses parameters
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/caller/inner"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, given string) {
	svc.fetch(ctx, "one.golden")
	svc.fetch(ctx, "two.golden")
	get(ctx, svc, "GET", "https://plain.golden/")
	svc.lost(ctx, "known.golden")
	svc.lost(ctx, given)
	svc.several(ctx, "v1.golden", "v2.golden")
	svc.several(ctx, []string{"v3.golden"}...)
	inner.Fetch(ctx, svc, "/inner")
	svc.again(ctx, "again.golden", 3)
	visit := func(host string) {
		svc.Request(ctx, pub.GET("https://"+host+"/visit")) // want request GET lit1.golden:443/visit; request GET lit2.golden:443/visit
	}
	visit("lit1.golden")
	visit("lit2.golden")
	func(host string) {
		svc.Request(ctx, pub.GET("https://"+host+"/now")) // want request GET now.golden:443/now
	}("now.golden")
	keep(svc.passed)
	svc.passed("value.golden")
}

func (svc *Service) fetch(ctx context.Context, host string) {
	svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET one.golden:443/x; request GET two.golden:443/x
}

func get(ctx context.Context, svc *Service, method, url string) {
	svc.Request(ctx, pub.Method(method), pub.URL(url)) // want request GET plain.golden:443/
}

func (svc *Service) lost(ctx context.Context, host string) {
	svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET *:*>; finding wildcard-url
}

func (svc *Service) several(ctx context.Context, hosts ...string) {
	for _, host := range hosts {
		svc.Request(ctx, pub.GET("https://"+host+"/s")) // want request GET v1.golden:443/s; request GET v2.golden:443/s; request GET v3.golden:443/s
	}
}

func (svc *Service) again(ctx context.Context, host string, left int) {
	svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET again.golden:443/x
	if left > 0 {
		svc.again(ctx, host, left-1)
	}
}

// Its value is passed on, so anything may call it.
func (svc *Service) passed(host string) {
	svc.Request(nil, pub.GET("https://"+host+"/x")) // want request GET *:*>; finding wildcard-url
}

// Own is an endpoint: requests decide what it gets.
func (svc *Service) Own(ctx context.Context, host string) {
	svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET *:*>; finding wildcard-url
}

func (svc *Service) self(ctx context.Context) {
	svc.Own(ctx, "own.golden")
}

func keep(job func(host string)) {}
