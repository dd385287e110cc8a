// upstream: misses what other modules do with the connector.
// does not compile: the module is not there.
package caller

import (
	"context"

	"example.com/ledger"
)

type Service struct {
	*Intermediate
}

type own struct{}

func (own) Handle(svc *Service) {}

type keeping struct {
	book   *ledger.Book
	handle func(*Service)
}

func (svc *Service) Values(ctx context.Context) {
	handle := ledger.New().Handle
	handle(svc) // want finding unfollowed-connector
	var declared func(*Service) = ledger.New().Handle
	declared(svc) // want finding unfollowed-connector
	book := ledger.New()
	bound := book.Handle
	bound(svc) // want finding unfollowed-connector
	expression := (*ledger.Book).Handle
	expression(book, svc)            // want finding unfollowed-connector
	(*ledger.Book).Handle(book, svc) // want finding unfollowed-connector
	mine := own{}.Handle
	mine(svc)
	count := ledger.New().Count
	ledger.Log(count)
}

func (svc *Service) Kept(ctx context.Context, k keeping) {
	k.handle = ledger.New().Handle
	k.handle(svc)      // want finding unfollowed-connector
	k.book.Handle(svc) // want finding unfollowed-connector
	kept := k.book.Handle
	kept(svc) // want finding unfollowed-connector
	with(ledger.New().Handle, svc)
	both, _ := ledger.New().Handle, 1
	defer both(svc) // want finding unfollowed-connector
	all := []func(*Service){book().Handle}
	all[0](svc) // want finding unfollowed-connector
	for _, each := range all {
		each(svc) // want finding unfollowed-connector
	}
}

func with(run func(*Service), svc *Service) {
	run(svc) // want finding unfollowed-connector
}

func book() *ledger.Book { return ledger.New() }
