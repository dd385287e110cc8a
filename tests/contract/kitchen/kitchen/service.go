package kitchen

import (
	"context"

	"example.com/fixtures/kitchen/kitchenapi"
	"example.com/fixtures/weird/weirdapi"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) MyFunc(ctx context.Context, host string, url string) (err error) {
	weirdapi.NewClient(svc).Plain(ctx)
	bound := weirdapi.NewClient(svc)
	bound.PathArg(ctx, "1")
	svc.internal(ctx, weirdapi.NewClient(svc))
	weirdapi.NewClient(svc).ForHost("alt.host").GreedyArg(ctx, "a/b")
	weirdapi.NewClient(svc).ForHost(host).PeriodInPath(ctx)
	weirdapi.NewMulticastClient(svc).Plain(ctx)
	weirdapi.NewClient(svc).PlainAndAck(ctx)
	kitchenapi.NewMulticastClient(svc).SelfPing(ctx)
	kitchenapi.NewClient(svc).ForHost(host).SelfPing(ctx)
	kitchenapi.NewMulticastTrigger(svc).OnMyEvent(ctx)
	svc.Request(ctx, pub.GET("https://other.host/some-path"))
	options := []pub.Option{pub.POST(url)}
	svc.Request(ctx, options...)
	more := []pub.Option{}
	more = append(more, pub.PUT(url))
	svc.Request(ctx, more...)
	weirdapi.NewClient(svc).TrustRoot(ctx)
	return nil
}

func (svc *Service) internal(ctx context.Context, client weirdapi.Client) {
	client.InternalPort(ctx)
}

func (svc *Service) OnSomething(ctx context.Context) (err error) {
	return nil
}
