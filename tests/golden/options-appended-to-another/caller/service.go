// upstream: widens: the options that were appended to are forgotten.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	options := []pub.Option{pub.GET("https://first.golden/x")}
	more := append(options, pub.Header("A", "b"))
	svc.Request(ctx, more...) // want request GET first.golden:443/x
}
