package caller

import (
	"context"
	"net/http"
	"net/url"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
	Host  string
	cache cache
}

type cache struct{}

// Get has the name of a method of http.Header, and Host that of a field of http.Request.
func (c *cache) Get(key string) string { return "cache.golden" }

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.Host = "own.golden"
	(*Service).fetch(svc, "expression.golden")
	return nil
}

func (svc *Service) Run(ctx context.Context, r *http.Request, u *url.URL, v any) {
	svc.Request(ctx, pub.GET("https://"+svc.Host+"/x"))             // want request GET own.golden:443/x
	svc.Request(ctx, pub.GET("https://"+svc.cache.Get("a")+"/x"))   // want request GET cache.golden:443/x
	svc.Request(ctx, pub.GET("https://"+r.Host+"/x"))               // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET("https://"+r.Header.Get("Host")+"/x")) // want request GET *:*>; finding wildcard-url
	svc.Request(ctx, pub.GET("https://"+u.Host+"/x"))               // want request GET *:*>; finding wildcard-url
	switch each := v.(type) {
	case *http.Request:
		svc.Request(ctx, pub.GET("https://"+each.Host+"/x")) // want request GET *:*>; finding wildcard-url
	}
}

func (svc *Service) fetch(host string) {
	svc.Request(nil, pub.GET("https://"+host+"/x")) // want request GET *:*>; finding wildcard-url
}
