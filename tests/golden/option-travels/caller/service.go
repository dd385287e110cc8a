// upstream: misses options in fields, parameters, results and package variables
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/shared"
)

type Service struct {
	*Intermediate
	defaults []pub.Option
	target   pub.Option
	settings settings
}

type settings struct {
	options []pub.Option
}

var common = []pub.Option{pub.Method("GET")}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.defaults = []pub.Option{pub.URL("https://field.golden/a")}
	svc.defaults = append(svc.defaults, pub.Method("PUT"))
	svc.target = pub.POST("https://single.golden/b")
	svc.settings = settings{options: []pub.Option{pub.DELETE("https://nested.golden/c")}}
	return nil
}

func (svc *Service) Fields(ctx context.Context) {
	svc.Request(ctx, svc.defaults...)                                       // want request PUT field.golden:443/a; request ANY field.golden:443/a; finding wildcard-method
	svc.Request(ctx, svc.target)                                            // want request POST single.golden:443/b
	svc.Request(ctx, svc.settings.options...)                               // want request DELETE nested.golden:443/c
	svc.Request(ctx, append(common, pub.URL("https://common.golden/d"))...) // want request GET common.golden:443/d
}

func (svc *Service) Parameters(ctx context.Context) {
	svc.send(ctx, pub.GET("https://one.golden/e"))
	svc.send(ctx, pub.Method("PUT"), pub.URL("https://two.golden/e"))
	svc.send(ctx, []pub.Option{pub.POST("https://three.golden/e")}...)
	svc.one(ctx, pub.GET("https://option.golden/f"))
	svc.outer(ctx, pub.GET("https://through.golden/g"))
	svc.listed(ctx, []pub.Option{pub.GET("https://listed.golden/h"), pub.Body("x")})
	shared.Send(ctx, svc, pub.GET("https://shared.golden/i"))
}

func (svc *Service) send(ctx context.Context, opts ...pub.Option) {
	svc.Request(ctx, opts...) // want request GET one.golden:443/e; request PUT two.golden:443/e; request POST three.golden:443/e
}

func (svc *Service) one(ctx context.Context, option pub.Option) {
	svc.Request(ctx, pub.Header("A", "b"), option) // want request GET option.golden:443/f
}

func (svc *Service) outer(ctx context.Context, opts ...pub.Option) {
	svc.inner(ctx, append(opts, pub.Body("x"))...)
}

func (svc *Service) inner(ctx context.Context, opts ...pub.Option) {
	svc.Publish(ctx, opts...) // want request GET through.golden:443/g
}

func (svc *Service) listed(ctx context.Context, opts []pub.Option) {
	all := append([]pub.Option{pub.Header("A", "b")}, opts...)
	svc.Request(ctx, all...) // want request GET listed.golden:443/h
}

func (svc *Service) Results(ctx context.Context, kind string) {
	svc.Request(ctx, get("/j"))                         // want request GET result.golden:443/j
	svc.Request(ctx, svc.options(kind)...)              // want request GET even.golden:443/k; request POST odd.golden:443/k
	svc.Request(ctx, pub.Options(svc.options(kind)...)) // want request GET even.golden:443/k; request POST odd.golden:443/k
}

func get(path string) pub.Option {
	return pub.GET("https://result.golden" + path)
}

func (svc *Service) options(kind string) []pub.Option {
	if kind == "odd" {
		return []pub.Option{pub.POST("https://odd.golden/k")}
	}
	return []pub.Option{pub.GET("https://even.golden/k")}
}

func (svc *Service) Order(ctx context.Context, given []pub.Option) {
	svc.Request(ctx, pub.GET("https://first.golden/"), pub.URL("https://last.golden/l"), pub.Method("PUT")) // want request PUT last.golden:443/l
	opts := []pub.Option{pub.GET("https://old.golden/")}
	opts = []pub.Option{pub.GET("https://new.golden/m")}
	svc.Request(ctx, opts...) // want request GET new.golden:443/m
	copied := opts[:len(opts):len(opts)]
	svc.Request(ctx, copied...) // want request GET new.golden:443/m
	indexed := make([]pub.Option, 1)
	indexed[0] = pub.GET("https://indexed.golden/n")
	svc.Request(ctx, indexed...)                                           // want request GET indexed.golden:443/n
	svc.Request(ctx, append(given, pub.POST("https://known.golden/o"))...) // want request POST known.golden:443/o
	svc.Request(ctx, given...)                                             // want finding unfollowed-request
}
