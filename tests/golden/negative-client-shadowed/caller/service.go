// upstream: widens: bindings know no scope.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type stranger struct{}

func (stranger) Save(ctx context.Context) error { return nil }

func (svc *Service) Run(ctx context.Context) error {
	client := targetapi.NewClient(svc)
	if client := (stranger{}); ctx != nil {
		client.Save(ctx)
	}
	for _, client := range []stranger{{}} {
		client.Save(ctx)
	}
	func(client stranger) {
		client.Save(ctx)
	}(stranger{})
	switch client := any(1).(type) {
	case stranger:
		client.Save(ctx)
	}
	return client.Seal(ctx) // want call POST target.golden:666/seal
}
