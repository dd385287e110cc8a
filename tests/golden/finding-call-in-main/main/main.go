package main

import (
	"context"

	"github.com/microbus-io/fabric/application"
	"github.com/microbus-io/fabric/connector"

	"golden.example/caller"
	"golden.example/target/targetapi"
)

func main() {
	svc := connector.New("stray.golden")
	targetapi.NewClient(svc).Save(context.Background()) // want finding call-in-main
	app := application.New()
	app.Add(caller.NewService())
	app.Run()
}
