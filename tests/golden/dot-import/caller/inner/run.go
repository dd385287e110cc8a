package inner

import (
	"context"

	"github.com/microbus-io/fabric/service"

	. "golden.example/target/targetapi"
)

func Run(ctx context.Context, svc service.Publisher) error {
	return NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
