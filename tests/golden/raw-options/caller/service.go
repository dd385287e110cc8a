// upstream: misses options that it cannot fold.
package caller

import (
	"context"
	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Slice(ctx context.Context) {
	opts := []pub.Option{
		pub.Method("POST"),
		pub.URL("https://slice.golden/a"),
	}
	svc.Request(ctx, opts...) // want request POST slice.golden:443/a
}

func (svc *Service) Append(ctx context.Context) {
	var opts []pub.Option
	opts = append(opts, pub.PUT("https://append.golden/b"))
	opts = append(opts, pub.Body("x"))
	svc.Publish(ctx, opts...) // want request PUT append.golden:443/b
}

func (svc *Service) Branches(ctx context.Context, odd bool) {
	opts := []pub.Option{pub.Method("GET"), pub.URL("https://even.golden/c")}
	if odd {
		opts = append(opts, pub.URL("https://odd.golden/c"))
	}
	svc.Request(ctx, opts...) // want request GET even.golden:443/c; request GET odd.golden:443/c
}

func (svc *Service) Twice(ctx context.Context) {
	opts := []pub.Option{pub.GET("https://first.golden/d")}
	svc.Request(ctx, opts...) // want request GET first.golden:443/d
	opts = []pub.Option{pub.GET("https://second.golden/d")}
	svc.Request(ctx, opts...) // want request GET second.golden:443/d
}

func (svc *Service) Derived(ctx context.Context) {
	opts := []pub.Option{pub.GET("https://derived.golden/e")}
	more := append(opts, pub.Body("x"))
	svc.Request(ctx, more...)                                             // want request GET derived.golden:443/e
	svc.Request(ctx, append(opts, pub.Method("POST"))...)                 // want request POST derived.golden:443/e
	svc.Request(ctx, []pub.Option{pub.GET("https://inline.golden/f")}...) // want request GET inline.golden:443/f
	one := pub.GET("https://single.golden/g")
	svc.Request(ctx, one) // want request GET single.golden:443/g
}

func (svc *Service) Passed(ctx context.Context, opts ...pub.Option) {
	svc.Request(ctx, append(opts, pub.POST("https://overridden.golden/h"))...) // want request POST overridden.golden:443/h
}
