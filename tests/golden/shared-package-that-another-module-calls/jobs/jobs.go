// Package jobs has what another module runs.
package jobs

import (
	"context"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

// Saver is a job.
type Saver struct {
	target targetapi.Client
}

// NewSaver is one for the microservice caller.
func NewSaver(caller service.Publisher) *Saver {
	return &Saver{target: targetapi.NewClient(caller)}
}

// Work is called by the other module, through an interface of its own.
func (s *Saver) Work(ctx context.Context) {
	s.target.Save(ctx) // want call POST target.golden:444/save
}

// Other is no job of this microservice.
type Other struct {
	target targetapi.Client
}

// Work is called by nobody.
func (o *Other) Work(ctx context.Context) {
	o.target.Seal(ctx)
}
