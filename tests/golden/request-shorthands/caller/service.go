// upstream: misses the shorthand methods.
package caller

import (
	"context"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	svc.GET(ctx, "https://short.golden/get")            // want request GET short.golden:443/get
	svc.POST(ctx, "https://short.golden:444/post", nil) // want request POST short.golden:444/post
	svc.PUT(ctx, "https://short.golden/put", "body")    // want request PUT short.golden:443/put
	svc.DELETE(ctx, "https://short.golden/delete")      // want request DELETE short.golden:443/delete
}
