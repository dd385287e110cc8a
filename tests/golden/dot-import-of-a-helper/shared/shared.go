// Package shared is for several microservices.
package shared

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

// SaveAll saves everything.
func SaveAll(ctx context.Context, svc service.Publisher) error {
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
