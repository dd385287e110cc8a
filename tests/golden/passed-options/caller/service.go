// upstream: misses options that are passed on.
package caller

import (
	"context"
	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, opts ...pub.Option) {
	targetapi.NewClient(svc).WithOptions(opts...).Save(ctx) // want call POST target.golden:444/save; finding unfollowed-options
}

func send(ctx context.Context, p service.Publisher, opts ...pub.Option) {
	p.Request(ctx, opts...) // want finding unfollowed-request
}

func narrow(ctx context.Context, value any) {
	switch c := value.(type) {
	case targetapi.Client:
		c.Seal(ctx) // want call POST target.golden:666/seal
	}
}
