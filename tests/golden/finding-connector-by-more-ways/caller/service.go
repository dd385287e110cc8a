// upstream: misses what other modules do with the connector.
// does not compile: the modules are not there.
package caller

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"example.com/group"
	"example.com/ledger"
)

type Service struct {
	*Intermediate
	once  sync.Once
	state struct{ owner any }
	opts  []option
	sub   *child
}
type option func(*child)
type child struct {
	parent *Service
	name   string
}
type Public struct {
	hidden any
}

func (p Public) Owner() any { return p.hidden }

type visitor interface{ Visit(any) }
type visit struct{}

func (visit) Visit(v any) {
	ledger.Sync(v) // want finding unfollowed-connector
}

func named(n string) option { return func(c *child) { c.name = n } }
func owned(s *Service) option {
	return func(c *child) { c.parent = s }
}
func newChild(opts ...option) *child {
	c := &child{}
	for _, o := range opts {
		o(c)
	}
	return c
}

func (svc *Service) A1(ctx context.Context) {
	svc.sub = newChild(owned(svc))
	ledger.Sync(svc.sub.parent) // want finding unfollowed-connector
	ledger.Sync(svc.sub.name)
}
func (svc *Service) A2(ctx context.Context) {
	var v visitor = visit{}
	v.Visit(svc)
}
func (svc *Service) A3(ctx context.Context) {
	svc.state.owner = svc
	ledger.Sync(svc.state.owner) // want finding unfollowed-connector
}
func (svc *Service) A4(ctx context.Context) {
	p := Public{hidden: svc}
	ledger.Sync(p) // want finding unfollowed-connector
}
func (svc *Service) A5(ctx context.Context) {
	svc.once.Do(func() { ledger.Init(svc) }) // want finding unfollowed-connector
}
func (svc *Service) A6(ctx context.Context) {
	time.AfterFunc(1, func() { ledger.Sync(svc) })                                                    // want finding unfollowed-connector
	http.HandleFunc("root", func(w http.ResponseWriter, r *http.Request) { ledger.Sync(svc.Connector) }) // want finding unfollowed-connector
}
func (svc *Service) A7(ctx context.Context) error {
	eg, ctx := group.WithContext(ctx)
	eg.Go(func() error { return svc.count() })
	return errors.Join(eg.Wait())
}
func (svc *Service) A8(ctx context.Context) {
	type task struct {
		run func(any)
		arg any
	}
	for _, t := range []task{{run: func(v any) { ledger.Sync(v) }, arg: svc}} { // want finding unfollowed-connector
		t.run(t.arg)
	}
}
func (svc *Service) A9(ctx context.Context) {
	m := map[string]map[string]any{"a": {}}
	m["a"]["b"] = svc
	for _, inner := range m {
		for _, v := range inner {
			ledger.Sync(v) // want finding unfollowed-connector
		}
	}
}
func (svc *Service) B1(ctx context.Context) {
	var arr [3]any
	arr[1] = svc
	s := arr[:]
	ledger.Sync(s[1]) // want finding unfollowed-connector
	t := make([]any, 1)
	copy(t, s)
	ledger.Sync(t) // want finding unfollowed-connector
}
func (svc *Service) B2(ctx context.Context) {
	x, y := any(svc), 1
	x, z := y, x
	ledger.Sync(z) // want finding unfollowed-connector
	_ = x
}
func (svc *Service) B3(ctx context.Context) {
	var f func(int, any)
	f = func(n int, v any) {
		if n > 0 {
			f(n-1, v)
		}
		ledger.Sync(v) // want finding unfollowed-connector
	}
	f(3, svc)
}
func (svc *Service) B4(ctx context.Context) {
	c := make(chan chan any, 1)
	c <- make(chan any, 1)
	in := <-c
	in <- svc
	c <- in
	ledger.Sync(<-(<-c)) // want finding unfollowed-connector
}
func (svc *Service) B5(ctx context.Context) {
	goto end
end:
	{
		w := (any)(svc)
		ledger.Sync((w)) // want finding unfollowed-connector
	}
}
func (svc *Service) B6(ctx context.Context) {
	ledger.Options{}.With(svc)     // want finding unfollowed-connector
	ledger.Register[*Service](svc) // want finding unfollowed-connector
	ledger.Default = svc           // want finding unfollowed-connector
	ledger.Table["a"] = svc        // want finding unfollowed-connector
	*ledger.Pointer() = svc        // want finding unfollowed-connector
}
func (svc *Service) B7() (caller any, err error) {
	caller = svc
	defer func() { ledger.Sync(caller) }() // want finding unfollowed-connector
	return
}
func (svc *Service) B8(ctx context.Context) {
	var e error = fail{svc}
	ledger.Sync(e) // want finding unfollowed-connector
	var target fail
	if errors.As(e, &target) {
		ledger.Sync(target.Who) // want finding unfollowed-connector
	}
}

type fail struct{ Who any }

func (fail) Error() string        { return "" }
func (svc *Service) count() error { return nil }
