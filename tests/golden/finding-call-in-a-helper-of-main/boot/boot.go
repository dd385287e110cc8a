// Package boot helps main.
package boot

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

// Seed calls on behalf of whoever is given.
func Seed(caller service.Publisher) error {
	return targetapi.NewClient(caller).Seal(context.Background()) // want finding call-in-main
}
