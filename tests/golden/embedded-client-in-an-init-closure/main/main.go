package main

import (
	"context"

	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
)

func main() {
	app := application.New()
	app.Add(caller.NewService().Init(func(svc *caller.Service) error {
		_, err := svc.Load(context.Background(), "1") // want call GET far.golden:443/load/{id}
		return err
	}))
	app.Run()
}
