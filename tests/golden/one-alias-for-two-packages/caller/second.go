package caller

import (
	"context"

	api "golden.example/other/otherapi"
)

func (svc *Service) Second(ctx context.Context) error {
	return api.NewClient(svc).Save(ctx) // want call POST other.golden:443/save
}
