// upstream: misses variables
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Once(ctx context.Context) {
	url := "https://once.golden/a"
	svc.Request(ctx, pub.GET(url)) // want request GET once.golden:443/a
	var host, path = "declared.golden", "/b"
	svc.Request(ctx, pub.GET("https://"+host+path)) // want request GET declared.golden:443/b
}

func (svc *Service) Branches(ctx context.Context, kind string) {
	host := "default.golden"
	if kind == "a" {
		host = "a.golden"
	} else if kind == "b" {
		host = "b.golden"
	}
	svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET default.golden:443/x; request GET a.golden:443/x; request GET b.golden:443/x
}

func (svc *Service) Switch(ctx context.Context, kind int) {
	var method string
	switch kind {
	case 1:
		method = "GET"
	case 2:
		method = "PUT"
	default:
		method = "POST"
	}
	svc.Request(ctx, pub.Method(method), pub.URL("https://switch.golden/")) // want request GET switch.golden:443/; request PUT switch.golden:443/; request POST switch.golden:443/
}

func (svc *Service) Overwritten(ctx context.Context) {
	url := "https://first.golden/"
	svc.Request(ctx, pub.GET(url)) // want request GET first.golden:443/
	url = "https://second.golden/"
	svc.Request(ctx, pub.GET(url)) // want request GET second.golden:443/
}

func (svc *Service) Loop(ctx context.Context) {
	url := "https://begin.golden/"
	for i := 0; i < 3; i++ {
		svc.Request(ctx, pub.GET(url)) // want request GET begin.golden:443/; request GET next.golden:443/
		url = "https://next.golden/"
	}
}

func (svc *Service) Shadowed(ctx context.Context) {
	url := "https://outer.golden/"
	{
		url := "https://inner.golden/"
		svc.Request(ctx, pub.GET(url)) // want request GET inner.golden:443/
	}
	svc.Request(ctx, pub.GET(url)) // want request GET outer.golden:443/
}

func (svc *Service) Added(ctx context.Context, short bool) {
	url := "https://added.golden/x"
	if !short {
		url += "/long"
	}
	svc.Request(ctx, pub.GET(url)) // want request GET added.golden:443/x; request GET added.golden:443/x/long
	whole := "https://added.golden"
	whole += "/whole"
	svc.Request(ctx, pub.GET(whole)) // want request GET added.golden:443/whole
}

func (svc *Service) Closure(ctx context.Context) {
	url := "https://before.golden/"
	later := func() {
		svc.Request(ctx, pub.GET(url)) // want request GET before.golden:443/; request GET after.golden:443/
	}
	url = "https://after.golden/"
	later()
}

func (svc *Service) Dynamic(ctx context.Context, given string, pick bool) {
	url := "https://known.golden/"
	if pick {
		url = given
	}
	svc.Request(ctx, pub.GET(url)) // want request GET *:*>; finding wildcard-url
	var lost string
	set(&lost)
	svc.Request(ctx, pub.GET(lost)) // want request GET *:*>; finding wildcard-url
}

func set(text *string) {}
