// Package ordersapi is what others need to call orders.shop.
package ordersapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "orders.shop"
	Name        = "Orders"
	Version     = 1
	Description = `The orders microservice takes orders and remembers them.`
)

// Place takes an order: the goods are reserved, the order is signed, and everyone who cares is told.
var Place = define.Function{ // MARKER: Place
	Host: Hostname, Method: "POST", Route: ":443/place",
	In: PlaceIn{}, Out: PlaceOut{},
}

// PlaceIn has the inputs of Place.
type PlaceIn struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// PlaceOut has the outputs of Place.
type PlaceOut struct {
	Order Order `json:"order"`
}

// Load returns an order that was placed.
var Load = define.Function{ // MARKER: Load
	Host: Hostname, Method: "GET", Route: ":443/orders/{id}",
	In: LoadIn{}, Out: LoadOut{},
}

// LoadIn has the inputs of Load.
type LoadIn struct {
	ID string `json:"id"`
}

// LoadOut has the outputs of Load.
type LoadOut struct {
	Order Order `json:"order"`
	Found bool  `json:"found"`
}

// Pending returns how much of a product is on order.
var Pending = define.Function{ // MARKER: Pending
	Host: Hostname, Method: "GET", Route: ":444/pending/{sku}",
	In: PendingIn{}, Out: PendingOut{},
}

// PendingIn has the inputs of Pending.
type PendingIn struct {
	SKU string `json:"sku"`
}

// PendingOut has the outputs of Pending.
type PendingOut struct {
	Quantity int `json:"quantity"`
}

// Totals returns how many orders there are, and how many items in them.
var Totals = define.Function{ // MARKER: Totals
	Host: Hostname, Method: "GET", Route: ":444/totals",
	In: TotalsIn{}, Out: TotalsOut{},
}

// TotalsIn has the inputs of Totals.
type TotalsIn struct{}

// TotalsOut has the outputs of Totals.
type TotalsOut struct {
	Orders int `json:"orders"`
	Items  int `json:"items"`
}

// OnOrderPlaced is triggered when an order was placed.
var OnOrderPlaced = define.OutboundEvent{ // MARKER: OnOrderPlaced
	Host: Hostname, Method: "POST", Route: ":417/on-order-placed",
	In: OnOrderPlacedIn{}, Out: OnOrderPlacedOut{},
}

// OnOrderPlacedIn has the inputs of OnOrderPlaced.
type OnOrderPlacedIn struct {
	Order Order `json:"order"`
}

// OnOrderPlacedOut has the outputs of OnOrderPlaced.
type OnOrderPlacedOut struct{}
