package main

import (
	"context"
	"sync"

	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
	"golden.example/second"
	"golden.example/target/targetapi"
)

func main() {
	app := application.New()
	app.Add(
	// Nothing yet.
	)
	app.Add(
		caller.NewService().Init(func(svc *caller.Service) (err error) {
			svc.SetOnStartup(func(ctx context.Context) error {
				return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
			})
			return nil
		}),
		second.NewService(),
		second.NewService(),
	)
	var group sync.WaitGroup
	group.Add(1)
	app.Run()
}
