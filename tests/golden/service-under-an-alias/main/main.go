package main

import (
	"github.com/microbus-io/fabric/application"

	front "golden.example/caller"
)

func main() {
	app := application.New()
	app.Add((front.NewService()))
	app.Run()
}
