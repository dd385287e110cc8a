package targetapi

import (
	"context"

	"github.com/microbus-io/fabric/service"
)

// SaveFor saves for a microservice.
func SaveFor(ctx context.Context, svc service.Publisher) error {
	return NewClient(svc).Save(ctx)
}
