// upstream: misses what a function does with a client.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Given(ctx context.Context, wrap func(targetapi.Client) targetapi.Client) {
	wrap(targetapi.NewClient(svc)).Save(ctx) // want call POST target.golden:444/save; finding unfollowed-client
}
