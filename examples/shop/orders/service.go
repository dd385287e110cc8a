// Package orders is the orders.shop microservice.
package orders

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"example.com/shop/inventory/inventoryapi"
	"example.com/shop/orders/ordersapi"
	"example.com/shop/signer/signerapi"
)

// Service takes orders. It keeps them in memory.
type Service struct {
	*Intermediate

	lock   sync.Mutex
	orders map[string]ordersapi.Order
}

// OnStartup is called before the microservice serves.
func (svc *Service) OnStartup(context.Context) (err error) {
	svc.orders = map[string]ordersapi.Order{}
	return nil
}

// OnShutdown is called when the microservice serves no more.
func (svc *Service) OnShutdown(context.Context) (err error) {
	return nil
}

// Place takes an order: the goods are reserved, the order is signed, and everyone who cares is told.
func (svc *Service) Place(ctx context.Context, sku string, quantity int) (order ordersapi.Order, err error) {
	if sku == "" || quantity < 1 {
		return order, fmt.Errorf("cannot order %d of %q", quantity, sku)
	}
	order = ordersapi.Order{ID: rand.Text(), SKU: sku, Quantity: quantity}
	if order.Reserved, err = inventoryapi.NewClient(svc).Reserve(ctx, sku, quantity); err != nil {
		return order, err
	}
	text := fmt.Sprintf("%s: %d of %s", order.ID, quantity, sku)
	if order.Signature, err = signerapi.NewClient(svc).Sign(ctx, text); err != nil {
		return order, err
	}
	svc.lock.Lock()
	svc.orders[order.ID] = order
	svc.lock.Unlock()

	for answer := range ordersapi.NewMulticastTrigger(svc).OnOrderPlaced(ctx, order) {
		if err := answer.Get(); err != nil {
			svc.LogError(ctx, "Event not handled", "order", order.ID, "error", err)
		}
	}
	return order, nil
}

// Load returns an order that was placed.
func (svc *Service) Load(_ context.Context, id string) (order ordersapi.Order, found bool, err error) {
	svc.lock.Lock()
	defer svc.lock.Unlock()
	order, found = svc.orders[id]
	return order, found, nil
}

// Pending returns how much of a product is on order.
func (svc *Service) Pending(_ context.Context, sku string) (quantity int, err error) {
	svc.lock.Lock()
	defer svc.lock.Unlock()
	for _, order := range svc.orders {
		if order.SKU == sku && !order.Reserved {
			quantity += order.Quantity
		}
	}
	return quantity, nil
}

// Totals returns how many orders there are, and how many items in them.
func (svc *Service) Totals(context.Context) (orders int, items int, err error) {
	svc.lock.Lock()
	defer svc.lock.Unlock()
	for _, order := range svc.orders {
		items += order.Quantity
	}
	return len(svc.orders), items, nil
}
