package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.POST("https://raw.golden:666/mint")) // want request POST raw.golden:666/mint
}
