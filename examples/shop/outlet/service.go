// Package outlet is the outlet.shop microservice.
package outlet

import "context"

// Service shows what the outlet has.
type Service struct {
	*Intermediate
}

// OnStartup is called before the microservice serves.
func (svc *Service) OnStartup(context.Context) (err error) {
	return nil
}

// OnShutdown is called when the microservice serves no more.
func (svc *Service) OnShutdown(context.Context) (err error) {
	return nil
}

// Stock returns how much of a product the outlet has.
func (svc *Service) Stock(_ context.Context, sku string) (quantity int, err error) {
	seconds := map[string]int{"mug": 3, "shirt": 7}
	return seconds[sku], nil
}
