package kitchen

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/kitchen/kitchenapi"
	"golden.example/weird/weirdapi"
)

// Service makes calls in every way.
type Service struct {
	*Intermediate
}

// MyFunc has one call per pattern.
func (svc *Service) MyFunc(ctx context.Context, host string, url string) error {
	weirdapi.NewClient(svc).Plain(ctx) // want call GET weird.fixture:443/plain
	weird := weirdapi.NewClient(svc)
	weird.PathArg(ctx, "1") // want call GET weird.fixture:443/path-arg/{id}
	internal(ctx, weird)
	weirdapi.NewClient(svc).ForHost("alt.host").GreedyArg(ctx, "a/b") // want call GET alt.host:443/greedy/{tail...}
	weirdapi.NewClient(svc).ForHost(host).PeriodInPath(ctx)           // want call GET *:888/openapi.json; finding wildcard-host
	for range weirdapi.NewMulticastClient(svc).Plain(ctx) {           // want call GET weird.fixture:443/plain
	}
	weirdapi.NewClient(svc).PlainAndAck(ctx)                     // want call GET weird.fixture:443/plain
	for range kitchenapi.NewMulticastClient(svc).SelfPing(ctx) { // want call POST kitchen.fixture:444/self-ping
	}
	kitchenapi.NewClient(svc).ForHost(host).SelfPing(ctx)     // want call POST *:444/self-ping; finding wildcard-host
	kitchenapi.NewMulticastTrigger(svc).OnMyEvent(ctx)        // want event POST kitchen.fixture:417/on-my-event
	svc.Request(ctx, pub.GET("https://other.host/some-path")) // want request GET other.host:443/some-path
	opts := []pub.Option{pub.Method("POST"), pub.URL(url)}
	svc.Request(ctx, opts...) // want request POST *:*>; finding wildcard-url
	var more []pub.Option
	more = append(more, pub.PUT(url))
	svc.Request(ctx, more...)                     // want request PUT *:*>; finding wildcard-url
	return weirdapi.NewClient(svc).TrustRoot(ctx) // want call POST weird.fixture:666/dangerous
}

func internal(ctx context.Context, c weirdapi.Client) error {
	return c.InternalPort(ctx) // want call POST weird.fixture:444/internal
}
