// Package inventory is the inventory.shop microservice.
package inventory

import (
	"context"
	"sync"

	"example.com/shop/orders/ordersapi"
)

// usualStock is how much of each product there is after a delivery that nothing is waiting for.
const usualStock = 100

// Service knows what is on the shelves. It keeps that in memory.
type Service struct {
	*Intermediate

	lock    sync.Mutex
	shelves map[string]int
}

// OnStartup is called before the microservice serves.
func (svc *Service) OnStartup(context.Context) (err error) {
	svc.shelves = map[string]int{"mug": usualStock, "shirt": usualStock}
	return nil
}

// OnShutdown is called when the microservice serves no more.
func (svc *Service) OnShutdown(context.Context) (err error) {
	return nil
}

// Stock returns how much of a product is on the shelves.
func (svc *Service) Stock(_ context.Context, sku string) (quantity int, err error) {
	svc.lock.Lock()
	defer svc.lock.Unlock()
	return svc.shelves[sku], nil
}

// Reserve takes a quantity off the shelves, or nothing if there is less.
func (svc *Service) Reserve(_ context.Context, sku string, quantity int) (reserved bool, err error) {
	svc.lock.Lock()
	defer svc.lock.Unlock()
	if svc.shelves[sku] < quantity {
		return false, nil
	}
	svc.shelves[sku] -= quantity
	return true, nil
}

// Restock fills the shelves by what is on order, and returns what is then there.
func (svc *Service) Restock(ctx context.Context, sku string) (quantity int, err error) {
	pending, err := ordersapi.NewClient(svc).Pending(ctx, sku)
	if err != nil {
		return 0, err
	}
	svc.lock.Lock()
	defer svc.lock.Unlock()
	svc.shelves[sku] = max(svc.shelves[sku], usualStock+pending)
	return svc.shelves[sku], nil
}
