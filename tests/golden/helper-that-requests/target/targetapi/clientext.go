package targetapi

import (
	"context"

	"github.com/microbus-io/fabric/pub"
)

// Raw requests.
func (_c Client) Raw(ctx context.Context) error {
	_, err := _c.svc.Request(ctx, pub.GET("https://raw.golden/x"))
	return err
}
