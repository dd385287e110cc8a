// Package ledger is another module's code, which leaves the asking to a package of its own.
package ledger

import (
	"context"

	"example.com/ledger/inner"
)

// Options say who asks.
type Options struct {
	Caller any
}

// Sync asks through whoever calls it.
func (o Options) Sync(ctx context.Context) error {
	return sync(ctx, o.Caller)
}

func sync(ctx context.Context, caller any) error {
	return inner.Sync(ctx, caller)
}
