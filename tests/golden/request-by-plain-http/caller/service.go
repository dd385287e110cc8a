package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("http://raw.golden/x"))    // want request GET raw.golden:80/x
	svc.Request(ctx, pub.GET("http://raw.golden:81/x")) // want request GET raw.golden:81/x
}
