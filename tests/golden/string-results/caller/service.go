package caller

import (
	"context"
	"errors"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, kind string) {
	svc.Request(ctx, pub.GET(address("/a")))              // want request GET made.golden:443/a
	svc.Request(ctx, pub.GET("https://"+pick(kind)+"/b")) // want request GET x.golden:443/b; request GET y.golden:443/b
	host, err := find(kind)
	if err != nil {
		return
	}
	svc.Request(ctx, pub.GET("https://"+host+"/c"))        // want request GET found.golden:443/c
	svc.Request(ctx, pub.GET(svc.base()+"/d"))             // want request GET base.golden:443/d
	svc.Request(ctx, pub.GET("https://"+named(kind)+"/e")) // want request GET n1.golden:443/e; request GET n2.golden:443/e
	make := func() string { return "https://literal.golden/f" }
	svc.Request(ctx, pub.GET(make()))      // want request GET literal.golden:443/f
	svc.Request(ctx, pub.GET(other(kind))) // want request GET *:*>; finding wildcard-url
}

func address(path string) string {
	return "https://made.golden" + path
}

func pick(kind string) string {
	switch kind {
	case "x":
		return "x.golden"
	}
	return "y.golden"
}

func find(kind string) (string, error) {
	if kind == "" {
		return "found.golden", errors.New("none")
	}
	return "found.golden", nil
}

func (svc *Service) base() string {
	return "https://base.golden"
}

func named(kind string) (host string) {
	host = "n1.golden"
	if kind != "" {
		host = "n2.golden"
	}
	return
}

func other(kind string) string {
	return kind
}
