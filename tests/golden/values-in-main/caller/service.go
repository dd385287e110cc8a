// upstream: misses fields.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
	Peer string
}

func (svc *Service) Run(ctx context.Context) {
	svc.Request(ctx, pub.GET("https://"+svc.Peer+"/x")) // want request GET main.golden:443/x; request GET inside.golden:443/x
}
