package main

import (
	"example.com/fixtures/kitchen"
	"example.com/fixtures/weird"

	"github.com/microbus-io/fabric/application"
)

func main() {
	app := application.New()
	app.Add(
		kitchen.NewService(),
	)
	app.Add(
		weird.NewService(),
	)
	app.Run()
}
