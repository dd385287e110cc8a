// upstream: misses what other modules do with the connector.
// does not compile: the module is not there.
package caller

import (
	"context"

	"golden.example/target/targetapi"

	"example.com/ledger"
)

type Service struct {
	*Intermediate
}

type job struct{ run func(*Service) }

func (j job) start(svc *Service) {}

var syncs = map[string]func(*Service){"all": ledger.Sync}

func with(run func(*Service), svc *Service) {
	run(svc) // want finding unfollowed-connector
}

func pick() func(*Service) { return ledger.Sync }

func (svc *Service) Run(ctx context.Context) {
	with(ledger.Sync, svc)
	job{run: ledger.Sync}.run(svc)        // want finding unfollowed-connector
	[]func(*Service){ledger.Sync}[0](svc) // want finding unfollowed-connector
	pick()(svc)                           // want finding unfollowed-connector
	syncs["all"](svc)                     // want finding unfollowed-connector
	(pick())(svc)                         // want finding unfollowed-connector
	own := func(svc *Service) { svc.work(1) }
	own(svc)
	func(svc *Service) { svc.work(2) }(svc)
	job{}.start(svc)
	svc.each(ctx, svc)
	c := targetapi.NewClient(svc)
	c.Save(ctx) // want call POST target.golden:444/save
}

func (svc *Service) each(ctx context.Context, other *Service) {}

func (svc *Service) work(times int) {}
