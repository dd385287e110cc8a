// Package notifier is the notifier.shop microservice.
package notifier

import (
	"context"
	"fmt"
	"sync"

	"example.com/shop/orders/ordersapi"
)

// kept is how many messages are remembered.
const kept = 50

// Service tells customers about their orders: it only remembers what it would send.
type Service struct {
	*Intermediate

	lock     sync.Mutex
	messages []string
}

// OnStartup is called before the microservice serves.
func (svc *Service) OnStartup(context.Context) (err error) {
	return nil
}

// OnShutdown is called when the microservice serves no more.
func (svc *Service) OnShutdown(context.Context) (err error) {
	return nil
}

// OnOrderPlaced sends a message to the customer.
func (svc *Service) OnOrderPlaced(_ context.Context, order ordersapi.Order) (err error) {
	svc.lock.Lock()
	defer svc.lock.Unlock()
	message := fmt.Sprintf("Order %s: thank you for ordering %d of %s", order.ID, order.Quantity, order.SKU)
	svc.messages = append(svc.messages, message)
	svc.messages = svc.messages[max(0, len(svc.messages)-kept):]
	return nil
}

// Recent returns the messages sent, latest last.
func (svc *Service) Recent(context.Context) (messages []string, err error) {
	svc.lock.Lock()
	defer svc.lock.Unlock()
	return append([]string{}, svc.messages...), nil
}
