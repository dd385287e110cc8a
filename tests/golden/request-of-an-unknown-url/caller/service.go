package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context, url string) {
	svc.Request(ctx, pub.PUT(url)) // want request PUT *:*>; finding wildcard-url
}
