package inner

import (
	"context"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
)

func Ask(ctx context.Context, svc service.Publisher) error {
	_, err := svc.Request(ctx, pub.GET("https://asked.golden/x")) // want request GET asked.golden:443/x
	return err
}
