// Package boot helps main.
package boot

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/caller"
	"golden.example/target/targetapi"
)

// SetUp is an Init function.
func SetUp(svc *caller.Service) error {
	return load(svc)
}

func load(caller service.Publisher) error {
	_, err := targetapi.NewClient(caller).Load(context.Background(), "1") // want call GET target.golden:443/load/{id}
	return err
}

// Warm is called by an Init function.
func Warm(caller service.Publisher) error {
	_, err := targetapi.NewClient(caller).Browse(context.Background(), "/") // want call GET target.golden:443/browse/{path...}
	return err
}

// Never is called by nobody.
func Never(caller service.Publisher) error {
	return targetapi.NewClient(caller).Seal(context.Background())
}
