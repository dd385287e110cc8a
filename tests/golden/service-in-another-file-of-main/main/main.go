package main

import (
	"github.com/microbus-io/fabric/application"
)

func main() {
	app := application.New()
	add(app)
	app.Run()
}
