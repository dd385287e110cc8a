package caller

import (
	"context"
	"os"
	"strings"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
	Exported string
	hosts    []string
	handlers []func(string)
}

type target interface {
	Visit(ctx context.Context, host string)
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.Exported = "exported.golden"
	svc.hosts = []string{"first.golden"}
	svc.hosts = append(svc.hosts, os.Args...)
	svc.handlers = append(svc.handlers, svc.stored)
	svc.stored("stored.golden")
	svc.deferred(ctx, "deferred.golden")
	var t target = svc
	t.Visit(ctx, "interface.golden")
	return nil
}

func (svc *Service) Run(ctx context.Context, i int) {
	svc.Request(ctx, pub.GET("https://"+svc.Exported+"/x")) // want request GET exported.golden:443/x
	svc.Request(ctx, pub.GET("https://"+svc.hosts[i]+"/x")) // want request GET *:*>; finding wildcard-url
	hosts := []string{"a.golden"}
	fill(hosts)
	host := strings.Split("x.golden,y.golden", ",")[i]
	svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET *:*>; finding wildcard-url
	pointed := "pointed.golden"
	change(&pointed)
	svc.Request(ctx, pub.GET("https://"+pointed+"/x")) // want request GET *:*>; finding wildcard-url
	host, err := os.Hostname()
	if err == nil {
		svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET *:*>; finding wildcard-url
	}
}

func (svc *Service) stored(host string) {
	svc.Request(nil, pub.GET("https://"+host+"/x")) // want request GET *:*>; finding wildcard-url
}

func (svc *Service) deferred(ctx context.Context, host string) {
	defer svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET deferred.golden:443/x
	go func() {
		svc.Request(ctx, pub.GET("https://"+host+"/y")) // want request GET deferred.golden:443/y
	}()
}

func (svc *Service) Visit(ctx context.Context, host string) {
	svc.Request(ctx, pub.GET("https://"+host+"/x")) // want request GET interface.golden:443/x
}

func fill(hosts []string) {}

func change(text *string) { *text = os.Getenv("HOST") }
