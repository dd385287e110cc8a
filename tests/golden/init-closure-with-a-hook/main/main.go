package main

import (
	"context"

	"github.com/microbus-io/fabric/application"
	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/sub"

	"golden.example/caller"
	"golden.example/target/targetapi"
)

func main() {
	app := application.New()
	app.Add(
		caller.NewService().Init(func(svc *caller.Service) (err error) {
			svc.Subscribe("X", nil, sub.At("GET", "//closure.golden/x"))                          // want route GET closure.golden:443/x
			svc.Request(context.Background(), pub.GET("https://closure.golden/y"))                // want request GET closure.golden:443/y
			return targetapi.NewHook(svc).OnSaved(func(ctx context.Context) error { return nil }) // want hook POST target.golden:417/on-saved
		}),
	)
	app.Run()
}
