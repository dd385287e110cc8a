// Keep keeps something.
package shared

import (
	"context"

	"golden.example/target/targetapi"
)

func Keep(ctx context.Context, with targetapi.Client) error {
	return with.Save(ctx) // want call POST target.golden:444/save
}
