package shared

import (
	"context"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
)

// Send is used by microservices.
func Send(ctx context.Context, svc service.Publisher, opts ...pub.Option) {
	svc.Request(ctx, opts...) // want request GET shared.golden:443/i
}
