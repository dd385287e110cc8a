package main

import (
	"context"

	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
	"golden.example/target"
	"golden.example/target/targetapi"
)

func main() {
	app := application.New()
	app.Add(
	// Nothing yet.
	)
	app.Add(
		caller.NewService().Init(func(svc *caller.Service) (err error) {
			svc.SetTransformer(func(ctx context.Context) error {
				return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
			})
			return nil
		}),
		target.NewService(),
		target.NewService(),
	)
	var group waitGroup
	group.Add(1)
	app.Run()
}
