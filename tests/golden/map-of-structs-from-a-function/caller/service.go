// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/other/otherapi"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type pair struct {
	target targetapi.Client
	other  otherapi.Client
}

func (svc *Service) pairs() map[string]*pair {
	return map[string]*pair{"one": {target: targetapi.NewClient(svc), other: otherapi.NewClient(svc)}}
}

func (svc *Service) Run(ctx context.Context) error {
	for _, each := range svc.pairs() {
		if err := each.target.Seal(ctx); err != nil { // want call POST target.golden:666/seal
			return err
		}
	}
	return svc.pairs()["one"].other.Store(ctx) // want call PUT other.golden:444/store
}
