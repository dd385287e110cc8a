// upstream: misses options that are passed on.
package caller

import (
	"context"
	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
	defaults []pub.Option
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("/relative")) // want finding invalid-url
}

func (svc *Service) Values(ctx context.Context) {
	keep(svc.Request) // want finding unfollowed-request
}

func (svc *Service) Passed(ctx context.Context, opts ...pub.Option) {
	svc.Request(ctx, opts...)         // want finding unfollowed-request
	svc.Request(ctx, svc.defaults...) // want finding unfollowed-request
}

func keep(request any) {}
