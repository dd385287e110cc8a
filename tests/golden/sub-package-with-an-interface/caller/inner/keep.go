// Saver is what Keep needs.
package inner

import (
	"context"
)

type Saver interface {
	Save(ctx context.Context) error
}

// Keep keeps something.
func Keep(ctx context.Context, with Saver) error {
	return with.Save(ctx) // want call POST kept.golden:444/save
}
