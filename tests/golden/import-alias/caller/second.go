package caller

import (
	"context"

	elsewhere "golden.example/second/contract"
)

// One alias stands for another package in another file.
func (svc *Service) Second(ctx context.Context) {
	elsewhere.NewClient(svc).Load(ctx) // want call POST second.golden:443/second-load
}
