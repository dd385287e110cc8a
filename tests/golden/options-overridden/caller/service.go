package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://first.golden/x"), pub.Method("POST"), pub.URL("https://last.golden/y")) // want request POST last.golden:443/y
}
