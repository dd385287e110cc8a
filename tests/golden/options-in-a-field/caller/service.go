// upstream: misses options in struct fields.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
	options []pub.Option
}

func (svc *Service) OnStartup(ctx context.Context) error {
	svc.options = []pub.Option{pub.GET("https://field.golden/x")}
	return nil
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, svc.options...) // want request GET field.golden:443/x
}
