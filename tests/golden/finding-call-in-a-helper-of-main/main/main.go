package main

import (
	"context"

	"github.com/microbus-io/fabric/application"

	"golden.example/boot"
	"golden.example/caller"
	"golden.example/target/targetapi"
)

func main() {
	svc := caller.NewService()
	save(svc)
	boot.Seed(svc)
	app := application.New()
	app.Add(svc.Init(save))
	app.Add(svc.Init(func(svc *caller.Service) error { return both(svc) }))
	both(svc)
	app.Run()
}

func save(svc *caller.Service) error {
	return nil
}

func both(svc *caller.Service) error {
	return targetapi.NewClient(svc).Save(context.Background()) // want finding call-in-main
}
