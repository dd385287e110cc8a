package testdata

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

func Run(ctx context.Context, svc service.Publisher) error { return targetapi.NewClient(svc).Seal(ctx) }
