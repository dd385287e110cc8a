// Package second is the second.fleet microservice.
package second

import (
	"context"

	"example.com/fleet/first/firstapi"
	"example.com/fleet/load"
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
		_, err := firstapi.NewClient(svc).Work(ctx, "hello")
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
