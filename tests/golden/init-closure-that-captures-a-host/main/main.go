package main

import (
	"context"

	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
	"golden.example/target/targetapi"
)

const mirror = "mirror.golden"

func main() {
	app := application.New()
	app.Add(caller.NewService().Init(func(svc *caller.Service) (err error) {
		return targetapi.NewClient(svc).ForHost(mirror).Save(context.Background()) // want call POST mirror.golden:444/save
	}))
	app.Run()
}
