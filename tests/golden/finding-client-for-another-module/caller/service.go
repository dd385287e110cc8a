// upstream: misses what other modules do.
package caller

import (
	"context"
	"fmt"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	fmt.Println(targetapi.NewClient(svc)) // want finding unfollowed-client
}
