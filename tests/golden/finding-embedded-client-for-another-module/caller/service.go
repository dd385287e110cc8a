// upstream: misses promoted methods.
package caller

import (
	"context"
	"fmt"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
	targetapi.Client
}

func (svc *Service) Run(ctx context.Context) {
	fmt.Println(svc) // want finding unfollowed-client
}
