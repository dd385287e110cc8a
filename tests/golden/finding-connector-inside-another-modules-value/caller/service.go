// upstream: misses: it looks at the microservice's own directory alone.
// does not compile: it uses a module that cannot be had.
package caller

import (
	"context"

	"example.com/ledger"
)

type Service struct {
	*Intermediate
	ledger *ledger.Ledger
}

type visible struct{ Caller *Service }

type hidden struct{ caller *Service }

func (svc *Service) Literals(ctx context.Context) {
	l := ledger.Options{ // want finding unfollowed-connector
		Name:   "all",
		Caller: svc,
	}
	l.Sync(ctx)
	ledger.All(ctx, []ledger.Publisher{svc})    // want finding unfollowed-connector
	ledger.Register(ctx, &visible{Caller: svc}) // want finding unfollowed-connector
	ledger.Register(ctx, &hidden{caller: svc})
}

func (svc *Service) Fields(ctx context.Context) {
	var l ledger.Options
	l.Caller = svc // want finding unfollowed-connector
	l.Sync(ctx)
}

func (svc *Service) Methods(ctx context.Context) {
	l, err := ledger.Open()
	if err == nil {
		l.Sync(ctx, svc) // want finding unfollowed-connector
	}
	svc.ledger.Sync(ctx, svc.Connector)        // want finding unfollowed-connector
	ledger.Open().With("a").Sync(ctx, (svc))   // want finding unfollowed-connector
	ledger.Use(func() *Service { return svc }) // want finding unfollowed-connector
	ledger.Use(svc.Request)                    // want finding unfollowed-request
	_ = ledger.Options{Ask: svc.Publish}       // want finding unfollowed-request
}

func (svc *Service) Copies(ctx context.Context) {
	self, sync := svc, ledger.Sync
	me := svc
	ledger.Sync(ctx, me) // want finding unfollowed-connector
	sync(ctx, svc)       // want finding unfollowed-connector
	svc.own(self)
}

func (svc *Service) own(other *Service) {}
