// upstream: refuses a file that is no Go.
// does not compile: a parenthesis is left open.
package caller

import (
	"context"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	targetapi.NewClient(svc).Load(ctx, "1" // want finding syntax-error
}
