package inner

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

func Listen(svc service.Subscriber) error {
	return targetapi.NewHook(svc).OnSaved(func(ctx context.Context) error { return nil }) // want hook POST target.golden:417/on-saved
}
