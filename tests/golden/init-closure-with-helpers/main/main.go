package main

import (
	"context"

	"github.com/microbus-io/fabric/application"

	"golden.example/boot"
	"golden.example/caller"
	"golden.example/target/targetapi"
)

func main() {
	app := application.New()
	app.Add(caller.NewService().Init(setUp))
	app.Add(caller.NewService().Init(boot.SetUp))
	app.Run()
}

func setUp(svc *caller.Service) error {
	if err := boot.Warm(svc); err != nil {
		return err
	}
	return save(targetapi.NewClient(svc))
}

// save is called by setUp alone.
func save(client targetapi.Client) error {
	return (&saver{client}).
		save()
}

type saver struct{ client targetapi.Client }

func (s *saver) save() error {
	return s.client.Save(context.Background()) // want call POST target.golden:444/save
}
