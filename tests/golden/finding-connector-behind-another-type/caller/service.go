// upstream: misses what other modules do with the connector.
// does not compile: the module is not there.
package caller

import (
	"context"
	"net/http"

	"example.com/ledger"
)

type Service struct {
	*Intermediate
}

type requester interface {
	Request(ctx context.Context, options ...any) (*http.Response, error)
}

type either interface{ *Service | *Intermediate }

type Same Service

var (
	current requester
	first   = any(nil)
	counts  any
	table   = map[string]any{}
)

func (svc *Service) Variables(ctx context.Context) {
	var caller requester = svc
	ledger.Sync(ctx, caller) // want finding unfollowed-connector
	current = svc
	table["svc"] = svc
	var ignored any = svc.count()
	ledger.Sync(ctx, ignored)
	counts = svc.count()
	byParameter(ctx, svc, 1)
	byType(svc)
	generic(svc)
	constrained(svc)
	variadic(1, svc)
	other := caller.(*Service)
	ledger.Sync(ctx, other) // want finding unfollowed-connector
	switch each := caller.(type) {
	case interface{ Work() }:
		ledger.Sync(ctx, each) // want finding unfollowed-connector
	}
	if back, ok := any(svc).(requester); ok {
		ledger.Sync(ctx, back) // want finding unfollowed-connector
		ledger.Sync(ctx, ok)
	}
	ledger.Sync(ctx, (*Same)(svc))   // want finding unfollowed-connector
	ledger.Sync(ctx, requester(svc)) // want finding unfollowed-connector
	pointer := &caller
	ledger.Sync(ctx, *pointer) // want finding unfollowed-connector
	array := [1]requester{svc}
	ledger.Sync(ctx, array[0]) // want finding unfollowed-connector
	for _, each := range array {
		ledger.Sync(ctx, each) // want finding unfollowed-connector
	}
}

func (svc *Service) Later(ctx context.Context) {
	ledger.Sync(ctx, current) // want finding unfollowed-connector
	ledger.Sync(ctx, first)
	ledger.Sync(ctx, counts)
	ledger.Sync(ctx, table) // want finding unfollowed-connector
	for _, each := range table {
		ledger.Sync(ctx, each) // want finding unfollowed-connector
	}
	current := 1
	ledger.Sync(ctx, current)
}

func byParameter(ctx context.Context, caller requester, count any) {
	ledger.Sync(ctx, caller) // want finding unfollowed-connector
	ledger.Sync(ctx, count)
}

func byType(caller requester) {
	ledger.Sync(caller) // want finding unfollowed-connector
}

func generic[T any](value T) {
	ledger.Sync(value) // want finding unfollowed-connector
}

func constrained[T either](value T) {
	ledger.Sync(value) // want finding unfollowed-connector
}

func variadic(count int, values ...any) {
	ledger.Sync(count)
	ledger.Sync(values...) // want finding unfollowed-connector
}

func never(caller requester) {
	ledger.Sync(caller)
}

func (svc *Service) count() int { return 1 }
