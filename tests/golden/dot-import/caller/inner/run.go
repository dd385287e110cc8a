package inner

import (
	"context"

	"github.com/microbus-io/fabric/service"

	. "golden.example/target/targetapi" // want finding dot-import
)

func Run(ctx context.Context, svc service.Publisher) error {
	return NewClient(svc).Save(ctx)
}
