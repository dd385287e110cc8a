package caller

import (
	"context"

	"golden.example/other/otherapi"
)

func (svc *Service) disk(ctx context.Context) error {
	return otherapi.NewClient(svc).Save(ctx) // want call POST other.golden:443/save
}
