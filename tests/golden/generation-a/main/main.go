package main

import (
	"os"

	"github.com/microbus-io/fabric/application"

	"golden.example/kitchen"
	"golden.example/weird"
)

func main() {
	app := application.New()
	app.Add(
		weird.NewService(),
		kitchen.NewService().Init(func(svc *kitchen.Service) error { return nil }),
	)
	if app.Run() != nil {
		os.Exit(19)
	}
}
