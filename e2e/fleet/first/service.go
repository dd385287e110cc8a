// Package first is the first.fleet microservice.
package first

import (
	"context"

	"example.com/fleet/load"
	"example.com/fleet/second/secondapi"
)

// Service calls another one all the time.
type Service struct {
	*Intermediate

	driver *load.Driver
}

// OnStartup is called before the microservice serves.
func (svc *Service) OnStartup(context.Context) (err error) {
	svc.driver = load.NewDriver()
	svc.driver.Start(Hostname, svc.IsStarted, func(ctx context.Context) error {
		_, err := secondapi.NewClient(svc).Work(ctx, "hello")
		return err
	})
	return nil
}

// OnShutdown is called when the microservice serves no more.
func (svc *Service) OnShutdown(context.Context) (err error) {
	svc.driver.Stop()
	return nil
}

// Work answers with what it was sent.
func (svc *Service) Work(_ context.Context, payload string) (echo string, err error) {
	return payload, nil
}
