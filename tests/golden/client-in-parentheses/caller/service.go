// upstream: misses parenthesised receivers.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return ((targetapi.NewClient(svc)).ForHost("round.golden")).Save(ctx) // want call POST round.golden:444/save
}
