package main

import (
	"context"
	"os"

	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
	"golden.example/target/targetapi"
)

func main() {
	app := application.New()
	app.Add(caller.NewService().Init(setUp))
	if app.Run() != nil {
		os.Exit(19)
	}
}

func setUp(svc *caller.Service) error {
	return targetapi.NewClient(svc).Save(context.Background()) // want call POST target.golden:444/save
}
