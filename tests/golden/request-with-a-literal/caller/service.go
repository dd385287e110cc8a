package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	_, err := svc.Request(ctx, pub.GET("https://raw.golden/x/y"))         // want request GET raw.golden:443/x/y
	svc.Request(ctx, pub.POST("https://raw.golden:444/z"), pub.Body("b")) // want request POST raw.golden:444/z
	return err
}
