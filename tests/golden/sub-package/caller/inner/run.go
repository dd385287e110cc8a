package inner

import (
	"context"

	"golden.example/target/targetapi"
)

func Run(ctx context.Context, svc any) error {
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
