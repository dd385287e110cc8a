package main

import (
	"sync"

	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
)

func main() {
	app := application.New()
	app.Add(caller.NewService(), caller.NewService(), caller.NewService())
	var waiting sync.WaitGroup
	waiting.Add(1)
	app.Run()
}
