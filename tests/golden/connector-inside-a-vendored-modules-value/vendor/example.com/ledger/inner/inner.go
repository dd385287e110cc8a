// Package inner asks.
package inner

import (
	"context"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
)

// Sync asks through whoever calls it.
func Sync(ctx context.Context, caller any) error {
	_, err := caller.(service.Publisher).Request(ctx, pub.GET("https://ledger.golden:443/all")) // want request GET ledger.golden:443/all
	return err
}
