package shared

import (
	"context"

	"example.com/ledger"
)

type Caller interface{ Deadline() }

var Current any

type Box struct{ Caller any }

func Send(ctx context.Context, caller Caller) {
	ledger.Sync(ctx, caller) // want finding unfollowed-connector
	ledger.Sync(ctx)
	deeper(caller)
}

func deeper(value any) {
	ledger.Sync(value) // want finding unfollowed-connector
}

func Count(value any) {
	ledger.Sync(value)
	ledger.Sync(Current) // want finding unfollowed-connector
}

func Each(value any, run func(any)) { run(value) }

func Quiet(value any) {}

func (b Box) Send() {
	ledger.Sync(b.Caller) // want finding unfollowed-connector
}
