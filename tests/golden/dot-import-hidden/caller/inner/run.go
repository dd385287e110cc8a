package inner

import (
	"context"

	"github.com/microbus-io/fabric/service"

	. "golden.example/target/targetapi"
)

func Run(ctx context.Context, svc service.Publisher) error {
	Hostname := "other.golden" // want finding dot-import
	return NewClient(svc).ForHost(Hostname).Save(ctx)
}
