// upstream: misses what other modules do with the connector.
// does not compile: the module is not there.
package caller

import (
	"context"

	"github.com/elsewhere/ledger"
	"github.com/microbus-io/fabric/connector"
)

type Service struct {
	*Intermediate
}

type keeper struct {
	owner *Service
	bus   *connector.Connector
}

func (k *keeper) keep(ctx context.Context) {
	ledger.Sync(ctx, k.owner) // want finding unfollowed-connector
	ledger.Sync(ctx, k.bus)   // want finding unfollowed-connector
}

func write(ctx context.Context, s *Service) {
	ledger.Sync(ctx, s) // want finding unfollowed-connector
}

func read(s string) {
	ledger.Log(s)
}

func (svc *Service) Run(ctx context.Context) {
	var publisher ledger.Publisher = svc // want finding unfollowed-connector
	publisher.Flush(ctx)
	write(ctx, svc)
}
