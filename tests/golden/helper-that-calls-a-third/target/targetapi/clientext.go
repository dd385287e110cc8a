package targetapi

import (
	"context"

	"golden.example/other/otherapi"
)

// Third asks another microservice.
func (_c Client) Third(ctx context.Context) error {
	return otherapi.NewClient(_c.svc).Store(ctx)
}
