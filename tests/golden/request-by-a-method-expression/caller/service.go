// upstream: misses method expressions of the shorthands.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/pub"
)

type Service struct {
	*Intermediate
}

type store struct{}

func (*store) GET(ctx context.Context, key, url string) error { return nil }

func (svc *Service) Run(ctx context.Context, bus *connector.Connector) {
	(*Service).GET(svc, ctx, "https://pointer.golden/x")            // want request GET pointer.golden:443/x
	Service.POST(*svc, ctx, "https://value.golden/x", nil)          // want request POST value.golden:443/x
	(*connector.Connector).PUT(bus, ctx, "https://bus.golden/x", 1) // want request PUT bus.golden:443/x
	(*Service).Request(svc, ctx, pub.GET("https://raw.golden/x"))   // want request GET raw.golden:443/x
	(*store).GET(&store{}, ctx, "https://nothing.golden/x", "https://nothing.golden/y")
}
