package main

import (
	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
)

func main() {
	app := application.New()
	svc := caller.NewService()
	app.Add(svc)
	app.Run()
}
