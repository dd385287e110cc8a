// Package outletapi is what others need to call outlet.shop.
package outletapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "outlet.shop"
	Name        = "Outlet"
	Version     = 1
	Description = `The outlet has a shelf of its own, which it shows by inventory.shop's Stock endpoint.`
)

// Stock returns how much of a product the outlet has.
var Stock = define.Function{ // MARKER: Stock
	Host: Hostname, Method: "GET", Route: ":443/stock/{sku}",
	In: StockIn{}, Out: StockOut{},
}

// StockIn has the inputs of Stock.
type StockIn struct {
	SKU string `json:"sku"`
}

// StockOut has the outputs of Stock.
type StockOut struct {
	Quantity int `json:"quantity"`
}
