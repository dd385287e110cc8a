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

type embedding struct {
	requester
	name string
}

type around struct{ *embedding }

type Box struct{ Caller any }

type Boxes []Box

type Hidden struct {
	caller any
	Count  int
}

type Other struct{ Caller any }

var kept = &Box{}

func (svc *Service) Literals(ctx context.Context) {
	ledger.Sync(embedding{requester: svc})          // want finding unfollowed-connector
	ledger.Sync(embedding{svc, "all"})              // want finding unfollowed-connector
	ledger.Sync(around{&embedding{requester: svc}}) // want finding unfollowed-connector
	ledger.Sync(struct{ Caller any }{svc})          // want finding unfollowed-connector
	ledger.Sync(struct{ caller any }{svc})
	held := embedding{}
	held.requester = svc
	ledger.Sync(held) // want finding unfollowed-connector
	unnamed := struct{ caller any }{svc}
	ledger.Sync(unnamed.caller) // want finding unfollowed-connector
	ledger.Sync(unnamed)
	first := Box{Caller: svc}
	ledger.Sync(Other(first))            // want finding unfollowed-connector
	ledger.Sync([]any{[]any{svc}})       // want finding unfollowed-connector
	ledger.Sync(map[any]int{svc: 1})     // want finding unfollowed-connector
	ledger.Sync([...]Box{{Caller: svc}}) // want finding unfollowed-connector
}

func (svc *Service) Made(ctx context.Context) {
	ledger.Sync(boxed(svc))       // want finding unfollowed-connector
	ledger.Sync(listed(svc))      // want finding unfollowed-connector
	ledger.Sync(mapped(svc)["a"]) // want finding unfollowed-connector
	ledger.Sync(hidden(svc))
	ledger.Sync(hidden(svc).caller) // want finding unfollowed-connector
	ledger.Sync(hidden(svc).Count)
	box, err := filled(svc)
	ledger.Sync(box) // want finding unfollowed-connector
	ledger.Sync(err)
	kept.set(svc)
	named := svc.named()
	ledger.Sync(named) // want finding unfollowed-connector
	ledger.Sync(svc.plain())
}

func (svc *Service) Later(ctx context.Context) {
	ledger.Sync(kept) // want finding unfollowed-connector
	var others Boxes
	ledger.Sync(others) // want finding unfollowed-connector
	var box Box
	ledger.Sync(box.Caller) // want finding unfollowed-connector
	ledger.Sync(Hidden{Count: 1})
}

func (b *Box) set(caller any) { b.Caller = caller }

func boxed(caller *Service) *Box { return &Box{Caller: caller} }

func listed(caller *Service) []any { return []any{caller} }

func mapped(caller *Service) map[string]any {
	all := map[string]any{}
	all["a"] = caller
	return all
}

func hidden(caller *Service) Hidden { return Hidden{caller: caller} }

func filled(caller *Service) (*Box, error) {
	box := new(Box)
	box.Caller = caller
	return box, nil
}

func (svc *Service) named() (all []any) {
	all = append(all, svc)
	return
}

func (svc *Service) plain() []int { return []int{1} }
