// upstream: misses what other modules do with the connector.
// does not compile: the modules are not there.
package caller

import (
	"container/list"
	"context"
	"slices"
	"sync"

	"example.com/group"
	"example.com/ledger"
	"github.com/microbus-io/fabric/service"
)

type Service struct {
	*Intermediate
	cache *ledger.Cache
	inner wrapper
	hooks []func(any)
	byKey map[string]func(any)
}

type handler interface{ Handle(any) }
type wrapper struct{ pub service.Publisher }
type pair[A, B any] struct {
	First  A
	second B
}
type node struct {
	next *node
	val  any
}
type fn func(any)
type ring [2]any
type aliased = wrapper
type Outer struct{ Inner struct{ Deep any } }
type stack []any

func (s *stack) push(v any) { *s = append(*s, v) }
func (s stack) top() any    { return s[len(s)-1] }

func (f fn) call(v any) { f(v) } // want finding unfollowed-connector

func fill(p *any, v any)          { *p = v }
func set(m map[string]any, v any) { m["a"] = v }
func putIn(w *node, v any)        { w.val = v }
func id[T any](v T) T             { return v }
func both(v any) (int, any)       { return 1, v }
func option(v any) func(*node)    { return func(n *node) { n.val = v } }
func compose(f, g func(any)) func(any) {
	return func(v any) { f(v); g(v) }
}
func (svc *Service) all() func(func(any) bool) {
	return func(yield func(any) bool) { yield(svc) } // want finding unfollowed-connector
}

var registry = map[string]handler{}
var global Outer
var initial = func() any { return nil }

func (svc *Service) A1(ctx context.Context) {
	var h handler = ledger.New()
	h.Handle(svc) // want finding unfollowed-connector
}
func (svc *Service) A2(ctx context.Context, h handler) {
	registry["a"] = ledger.New()
	registry["a"].Handle(svc) // want finding unfollowed-connector
}
func (svc *Service) A3(ctx context.Context) {
	var x any
	fill(&x, svc)
	ledger.Sync(x) // want finding unfollowed-connector
}
func (svc *Service) A4(ctx context.Context) {
	m := map[string]any{}
	set(m, svc)
	ledger.Sync(m) // want finding unfollowed-connector
}
func (svc *Service) A5(ctx context.Context) {
	n := &node{}
	putIn(n, svc)
	ledger.Sync(n.val) // want finding unfollowed-connector
}
func (svc *Service) A6(ctx context.Context) {
	ledger.Sync(id(svc))      // want finding unfollowed-connector
	ledger.Sync(id[any](svc)) // want finding unfollowed-connector
}
func (svc *Service) A7(ctx context.Context) {
	_, v := both(svc)
	ledger.Sync(v) // want finding unfollowed-connector
	n, _ := both(svc)
	ledger.Sync(n)
}
func (svc *Service) A8(ctx context.Context) {
	n := &node{}
	option(svc)(n)
	ledger.Sync(n.val) // want finding unfollowed-connector
}
func (svc *Service) A9(ctx context.Context) {
	compose(func(v any) { ledger.Sync(v) }, nil)(svc) // want finding unfollowed-connector
}
func (svc *Service) B1(ctx context.Context) {
	for v := range svc.all() {
		ledger.Sync(v) // want finding unfollowed-connector
	}
}
func (svc *Service) B2(ctx context.Context) {
	l := list.New()
	l.PushBack(svc)
	ledger.Sync(l.Front().Value) // want finding unfollowed-connector
}
func (svc *Service) B3(ctx context.Context) {
	p := pair[any, int]{svc, 1}
	ledger.Sync(p) // want finding unfollowed-connector
	q := pair[int, any]{1, svc}
	ledger.Sync(q.second) // want finding unfollowed-connector
}
func (svc *Service) B4(ctx context.Context) {
	global.Inner.Deep = svc
	ledger.Sync(global) // want finding unfollowed-connector
}
func (svc *Service) B5(ctx context.Context) {
	var s stack
	s.push(svc)
	ledger.Sync(s.top()) // want finding unfollowed-connector
	ledger.Sync(s)       // want finding unfollowed-connector
}
func (svc *Service) B6(ctx context.Context) {
	svc.inner.pub = svc
	ledger.Sync(svc.inner.pub) // want finding unfollowed-connector
}
func (svc *Service) B7(ctx context.Context) {
	svc.hooks = append(svc.hooks, ledger.Hook)
	for _, h := range svc.hooks {
		h(svc) // want finding unfollowed-connector
	}
}
func (svc *Service) B8(ctx context.Context) {
	svc.byKey["x"] = func(v any) { ledger.Sync(v) } // want finding unfollowed-connector
	svc.byKey["x"](svc)
}
func (svc *Service) B9(ctx context.Context) {
	fn(func(v any) { ledger.Sync(v) }).call(svc) // want finding unfollowed-connector
	fn(ledger.Sync).call(svc)
}
func (svc *Service) C1(ctx context.Context) {
	g := group.New(ctx)
	g.Go(func() any { return svc }) // want finding unfollowed-connector
	g.Go(func() error { svc.work(); return nil })
}
func (svc *Service) C2(ctx context.Context) {
	svc.cache.Put("a", svc) // want finding unfollowed-connector
	svc.cache.Owner = svc   // want finding unfollowed-connector
}
func (svc *Service) C3(ctx context.Context) {
	all := []any{svc}
	slices.SortFunc(all, func(a, b any) int { ledger.Sync(a); return 0 }) // want finding unfollowed-connector
	ledger.Sync(slices.Clone(all))                                        // want finding unfollowed-connector
}
func (svc *Service) C4(ctx context.Context) {
	var mu sync.Mutex
	mu.Lock()
	ledger.Sync(&mu)
	p := sync.Pool{New: func() any { return svc }}
	ledger.Sync(p.Get()) // want finding unfollowed-connector
}
func (svc *Service) C5(ctx context.Context) {
	func() {
		defer func() {
			if r := recover(); r != nil {
				ledger.Sync(r) // want finding unfollowed-connector
			}
		}()
		panic(svc)
	}()
}
func (svc *Service) C6(ctx context.Context) {
	var a aliased
	a.pub = svc
	w := wrapper(a)
	ledger.Sync(w.pub) // want finding unfollowed-connector
}
func (svc *Service) C7(ctx context.Context) {
	r := ring{svc}
	for i := range r {
		ledger.Sync(r[i]) // want finding unfollowed-connector
		ledger.Sync(i)
	}
}
func (svc *Service) C8(ctx context.Context) {
	initial = func() any { return svc }
	ledger.Sync(initial()) // want finding unfollowed-connector
	ledger.Sync(initial)   // want finding unfollowed-connector
}
func (svc *Service) C9(ctx context.Context) {
	go func(v ...any) { ledger.Sync(v...) }(svc) // want finding unfollowed-connector
}
func (svc *Service) D1(ctx context.Context) {
	n := &node{next: &node{val: svc}}
	for each := n; each != nil; each = each.next {
		ledger.Sync(each.val) // want finding unfollowed-connector
	}
}
func (svc *Service) D2(ctx context.Context) {
	s := ledger.Sync
	s(svc) // want finding unfollowed-connector
	var t fn = ledger.Sync
	t(svc) // want finding unfollowed-connector
	u := fn(ledger.Sync)
	u(svc) // want finding unfollowed-connector
}
func (svc *Service) D3(ctx context.Context) {
	if v := any(svc); v != nil {
		ledger.Sync(v) // want finding unfollowed-connector
	}
	switch v := any(svc); {
	default:
		ledger.Sync(v) // want finding unfollowed-connector
	}
}
func (svc *Service) D4(ctx context.Context) {
	x := [...]struct {
		name string
		v    any
	}{{"a", svc}}
	for _, each := range x {
		ledger.Sync(each.v) // want finding unfollowed-connector
		ledger.Sync(each.name)
	}
}
func (svc *Service) D5(ctx context.Context) {
	type local struct{ V any }
	ledger.Sync(local{svc}) // want finding unfollowed-connector
	ptr := &svc
	ledger.Sync(*ptr) // want finding unfollowed-connector
	ledger.Sync(ptr)  // want finding unfollowed-connector
}
func (svc *Service) D6(ctx context.Context) {
	ledger.Sync(svc.Connector, svc.Intermediate)    // want finding unfollowed-connector
	ledger.Sync(&wrapper{svc}, (*svc).Intermediate) // want finding unfollowed-connector
}
func (svc *Service) D7(ctx context.Context) {
	method := (*Service).give
	method(svc, svc)
	ledger.On((*Service).give)
	ledger.On(svc.give)
}
func (svc *Service) give(v any) {
	ledger.Sync(v) // want finding unfollowed-connector
}
func (svc *Service) work() {}
