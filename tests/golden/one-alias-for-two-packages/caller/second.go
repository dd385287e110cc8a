package caller

import (
	"context"

	sameapi "golden.example/other/otherapi"
)

func (svc *Service) Second(ctx context.Context) error {
	return sameapi.NewClient(svc).Save(ctx) // want call POST other.golden:443/save
}
