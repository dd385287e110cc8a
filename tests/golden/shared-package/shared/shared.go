package shared

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

func SaveFor(ctx context.Context, svc service.Publisher) error {
	return step(ctx, svc)
}

func step(ctx context.Context, svc service.Publisher) error {
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}

// SealFor is not reached from any microservice of this tree.
func SealFor(ctx context.Context, svc service.Publisher) error {
	return targetapi.NewClient(svc).Seal(ctx)
}
