package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	options := []pub.Option{pub.GET("https://unused.golden/x")}
	_ = options
}
