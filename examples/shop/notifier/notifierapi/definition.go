// Package notifierapi is what others need to call notifier.shop.
package notifierapi

import (
	"github.com/microbus-io/fabric/define"

	"example.com/shop/orders/ordersapi"
)

// What the microservice is.
const (
	Hostname    = "notifier.shop"
	Name        = "Notifier"
	Version     = 1
	Description = `The notifier tells customers about their orders.`
)

// Recent returns the messages sent, latest last.
var Recent = define.Function{ // MARKER: Recent
	Host: Hostname, Method: "GET", Route: ":443/recent",
	In: RecentIn{}, Out: RecentOut{},
}

// RecentIn has the inputs of Recent.
type RecentIn struct{}

// RecentOut has the outputs of Recent.
type RecentOut struct {
	Messages []string `json:"messages"`
}

// OnOrderPlaced sends a message to the customer.
var OnOrderPlaced = define.InboundEvent{ // MARKER: OnOrderPlaced
	Source: ordersapi.OnOrderPlaced,
}
