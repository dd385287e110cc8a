// upstream: misses what other modules do with the connector.
// does not compile: the module is not there.
package caller

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"example.com/ledger"
)

type Service struct {
	*Intermediate
}

type getter interface{ get() any }

type held struct {
	caller any
	call   func(any)
}

func (h held) get() any { return h.caller }

func (h held) give(value any) {
	ledger.Sync(value) // want finding unfollowed-connector
}

var (
	once   sync.Once
	shared any
	pool   sync.Map
	value  atomic.Value
	hook   = func(caller any) {
		ledger.Sync(caller) // want finding unfollowed-connector
	}
	unused = func(caller any) {
		caller = errors.New("none")
	}
)

func each(run func(any), caller any) { run(caller) }

func with[T any](value T, run func(T) error) error { return run(value) }

func send(caller any) error {
	ledger.Sync(caller) // want finding unfollowed-connector
	return nil
}

func (svc *Service) caller() any { return svc }

func (svc *Service) Results(ctx context.Context) {
	ledger.Sync(svc.caller()) // want finding unfollowed-connector
	ledger.Sync(svc.caller)   // want finding unfollowed-connector
	get := func() any { return svc }
	ledger.Sync(get())                   // want finding unfollowed-connector
	ledger.Sync(held{caller: svc}.get()) // want finding unfollowed-connector
	var behind getter = held{caller: svc}
	ledger.Sync(behind.get()) // want finding unfollowed-connector
	lazy := sync.OnceValue(func() any { return svc })
	ledger.Sync(lazy()) // want finding unfollowed-connector
	err := with(svc, func(given *Service) error {
		ledger.Sync(given) // want finding unfollowed-connector
		return nil
	})
	ledger.Sync(err)
	with(svc, send)
}

func (svc *Service) Calls(ctx context.Context) {
	each(func(caller any) {
		ledger.Sync(caller) // want finding unfollowed-connector
	}, svc)
	func(caller any) {
		ledger.Sync(caller) // want finding unfollowed-connector
	}(svc)
	defer func(caller any) {
		ledger.Sync(caller) // want finding unfollowed-connector
	}(svc)
	go held{}.give(svc)
	held.give(held{}, svc)
	hook(svc)
	h := held{call: func(caller any) {
		ledger.Sync(caller) // want finding unfollowed-connector
	}}
	h.call(svc)
	give := h.give
	give(svc)
	ledger.Sync(len(unnamed(svc)))
}

func unnamed(any) string { return "" }

func (svc *Service) Channels(ctx context.Context) {
	queue := make(chan any, 1)
	queue <- svc
	ledger.Sync(<-queue) // want finding unfollowed-connector
	select {
	case got := <-queue:
		ledger.Sync(got) // want finding unfollowed-connector
	default:
	}
	for got := range queue {
		ledger.Sync(got) // want finding unfollowed-connector
	}
	other := make(chan any, 1)
	select {
	case other <- svc:
	default:
	}
	got, ok := <-other
	ledger.Sync(got) // want finding unfollowed-connector
	ledger.Sync(ok)
	empty := make(chan any)
	ledger.Sync(<-empty)
}

func (svc *Service) Kept(ctx context.Context) {
	once.Do(func() { shared = svc })
	pool.Store("svc", svc)
	value.Store(svc)
	ctx = context.WithValue(ctx, "svc", svc)
}

func later(ctx context.Context) {
	ledger.Sync(shared) // want finding unfollowed-connector
	found, ok := pool.Load("svc")
	ledger.Sync(found) // want finding unfollowed-connector
	ledger.Sync(ok)
	pool.Range(func(key, each any) bool {
		ledger.Sync(each) // want finding unfollowed-connector
		return true
	})
	ledger.Sync(value.Load()) // want finding unfollowed-connector
	ledger.Sync(ctx.Err())
}

func (svc *Service) Context(ctx context.Context) {
	ctx = context.WithValue(ctx, "svc", svc)
	ledger.Sync(ctx.Value("svc")) // want finding unfollowed-connector
	ledger.Sync(ctx.Err())
}

func init() {
	ledger.Sync(shared) // want finding unfollowed-connector
	ledger.Sync(unused)
}
