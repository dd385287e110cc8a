package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	return targetapi.
		NewClient(
			svc,
		).
		ForHost(
			"lines.golden",
		).
		Save( // want call POST lines.golden:444/save
			ctx,
		)
}
