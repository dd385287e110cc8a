package main

import (
	"github.com/microbus-io/fabric/application"

	"golden.example/caller"
)

const domain = ".golden"

func main() {
	service := caller.NewService()
	service.Peer = "main" + domain
	app := application.New()
	app.Add(service, caller.NewService().Init(func(svc *caller.Service) error {
		svc.Peer = "inside" + domain
		return nil
	}))
	app.Run()
}
