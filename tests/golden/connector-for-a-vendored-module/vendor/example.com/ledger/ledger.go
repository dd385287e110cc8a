// Package ledger is another module's code.
package ledger

import (
	"context"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
	"golden.example/target/targetapi"
)

// Sync asks through whoever calls it.
func Sync(ctx context.Context, caller service.Publisher) error {
	if err := targetapi.NewClient(caller).Save(ctx); err != nil { // want call POST target.golden:444/save
		return err
	}
	_, err := caller.Request(ctx, pub.GET("https://ledger.golden:443/all")) // want request GET ledger.golden:443/all
	return err
}

// Never is not reached.
func Never(ctx context.Context, caller service.Publisher) error {
	return targetapi.NewClient(caller).Seal(ctx)
}
