// Store keeps things.
package inner

import (
	"context"

	"golden.example/target/targetapi"
)

type Store struct{ target targetapi.Client }

// NewStore is a store by way of a client.
func NewStore(target targetapi.Client) *Store { return &Store{target: target} }

// Keep keeps something.
func (s *Store) Keep(ctx context.Context) error {
	return s.target.Save(ctx) // want call POST target.golden:444/save
}
