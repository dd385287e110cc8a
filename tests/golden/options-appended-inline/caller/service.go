// upstream: misses options that are appended in the call.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	options := []pub.Option{pub.Header("A", "b")}
	svc.Request(ctx, append(options, pub.GET("https://appended.golden/x"))...) // want request GET appended.golden:443/x
}
