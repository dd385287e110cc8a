package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, method string) {
	svc.Request(ctx, pub.Method(method), pub.URL("https://raw.golden/x")) // want request ANY raw.golden:443/x; finding wildcard-method
}
