package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://raw.golden/get"))         // want request GET raw.golden:443/get
	svc.Request(ctx, pub.POST("https://raw.golden/post"))       // want request POST raw.golden:443/post
	svc.Request(ctx, pub.PUT("https://raw.golden/put"))         // want request PUT raw.golden:443/put
	svc.Request(ctx, pub.PATCH("https://raw.golden/patch"))     // want request PATCH raw.golden:443/patch
	svc.Request(ctx, pub.DELETE("https://raw.golden/delete"))   // want request DELETE raw.golden:443/delete
	svc.Request(ctx, pub.HEAD("https://raw.golden/head"))       // want request HEAD raw.golden:443/head
	svc.Request(ctx, pub.OPTIONS("https://raw.golden/options")) // want request OPTIONS raw.golden:443/options
}
