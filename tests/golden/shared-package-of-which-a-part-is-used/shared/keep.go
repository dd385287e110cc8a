// Keep keeps something.
package shared

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

func Keep(ctx context.Context, svc service.Publisher) error {
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}

// Close seals everything; nobody here does.
func Close(ctx context.Context, svc service.Publisher) error {
	return targetapi.NewClient(svc).Seal(ctx)
}
