package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
)

type Service struct {
	*Intermediate
}
type asker struct{ publisher service.Publisher }

func (a asker) ask(ctx context.Context) {
	a.publisher.Request(ctx, pub.GET("https://field.golden/x")) // want request GET field.golden:443/x
}

func (svc *Service) Run(ctx context.Context) { asker{svc}.ask(ctx) }
