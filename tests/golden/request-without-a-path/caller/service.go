package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://raw.golden"))   // want request GET raw.golden:443
	svc.Request(ctx, pub.GET("https://root.golden/")) // want request GET root.golden:443/
}
