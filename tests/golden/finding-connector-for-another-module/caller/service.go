// upstream: misses: it looks at the microservice's own directory alone.
// does not compile: it uses a module that cannot be had.
package caller

import (
	"context"

	"example.com/ledger"
	"github.com/microbus-io/fabric/errors"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	ledger.Note("nothing of it")
	if err := ledger.Sync(ctx, svc); err != nil { // want finding unfollowed-connector
		return errors.Trace(err)
	}
	return ledger.New[string](svc.Connector).Close() // want finding unfollowed-connector
}
