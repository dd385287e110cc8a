package main

import (
	"context"

	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
)

func main() {
	app := application.New()
	app.Add(caller.NewService().Init(func(svc *caller.Service) (err error) {
		return svc.Prepare(context.Background())
	}))
	app.Run()
}
