package main

import (
	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
	"golden.example/target/targetapi"
)

func main() {
	app := application.New()
	app.Add(caller.NewService(), made())               // want finding unfollowed-service
	targetapi.NewClient(caller.NewService()).Save(nil) // want finding call-in-main
	app.Run()
}

var made func() *caller.Service
