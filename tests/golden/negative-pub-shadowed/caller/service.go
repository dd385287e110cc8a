package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}
type publisher struct{}

func (publisher) GET(url string) pub.Option { return pub.Header("X", url) }

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://real.golden/x")) // want request GET real.golden:443/x
}

func (svc *Service) Shadow() pub.Option {
	var pub publisher
	return pub.GET("https://shadow.golden/x")
}
