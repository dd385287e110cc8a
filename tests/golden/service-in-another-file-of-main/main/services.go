package main

import (
	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
)

func add(app *application.Application) {
	app.Add(caller.NewService())
}
