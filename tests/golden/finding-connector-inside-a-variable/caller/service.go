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

type visible struct{ Caller *Service }

type hidden struct{ caller *Service }

type key struct{}

func (svc *Service) Containers() {
	all := map[string]any{"a": svc}
	ledger.Sync(all) // want finding unfollowed-connector
	some := []any{}
	some = append(some, svc)
	ledger.Sync(some...) // want finding unfollowed-connector
	later := map[string]any{}
	later["a"] = svc
	ledger.Sync(later) // want finding unfollowed-connector
	queue := make(chan any, 1)
	queue <- svc
	ledger.Sync(queue) // want finding unfollowed-connector
}

func (svc *Service) Objects(ctx context.Context) {
	ctx = context.WithValue(ctx, key{}, svc)
	ledger.Sync(ctx) // want finding unfollowed-connector
	seen := visible{Caller: svc}
	ledger.Sync(&seen) // want finding unfollowed-connector
	var given visible
	given.Caller = svc
	ledger.Sync(given) // want finding unfollowed-connector
}

func (svc *Service) Kept(ctx context.Context) {
	unseen := hidden{caller: svc}
	ledger.Sync(unseen)
	unseen.caller = svc
	all := map[string]any{"a": svc}
	ledger.Sync(len(all), ctx)
	{
		all := 1
		ledger.Sync(all)
	}
	err := svc.work(svc)
	ledger.Sync(err)
}

func (svc *Service) work(other *Service) error { return nil }
