package inner

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

func Fetch(ctx context.Context, svc requester, path string) {
	svc.Request(ctx, pub.GET("https://inner.golden"+path)) // want request GET inner.golden:443/inner
}
