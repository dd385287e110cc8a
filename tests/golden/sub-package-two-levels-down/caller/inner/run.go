package inner

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/caller/inner/deeper"
)

func Run(ctx context.Context, svc service.Publisher) error { return deeper.Run(ctx, svc) }
