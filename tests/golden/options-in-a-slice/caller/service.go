package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	options := []pub.Option{pub.Method("PUT"), pub.URL("https://sliced.golden/x")}
	svc.Request(ctx, options...) // want request PUT sliced.golden:443/x
}
