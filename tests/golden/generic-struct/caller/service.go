// upstream: misses clients in struct fields.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}
type holder[T any] struct{ held T }

func (h holder[T]) get() T { return h.held }

func (svc *Service) Run(ctx context.Context) error {
	h := holder[targetapi.Client]{held: targetapi.NewClient(svc)}
	if err := h.held.Save(ctx); err != nil { // want call POST target.golden:444/save
		return err
	}
	return h.get().Seal(ctx) // want call POST target.golden:666/seal
}
