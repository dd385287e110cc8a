//go:build !linux || race

package caller

import (
	"context"

	"golden.example/target/targetapi"
)

func (svc *Service) tagged(ctx context.Context) error {
	return targetapi.NewClient(svc).Seal(ctx) // want call POST target.golden:666/seal
}
