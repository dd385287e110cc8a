package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.Method("delete"), pub.URL("https://raw.golden/x")) // want request DELETE raw.golden:443/x
}
