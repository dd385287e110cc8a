package inner

import (
	"context"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
)

func Fetch(ctx context.Context, svc service.Publisher, path string) {
	svc.Request(ctx, pub.GET("https://inner.golden"+path)) // want request GET inner.golden:443/inner
}
