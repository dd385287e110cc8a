// Package inventoryapi is what others need to call inventory.shop.
package inventoryapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "inventory.shop"
	Name        = "Inventory"
	Version     = 1
	Description = `The inventory microservice knows what is on the shelves.`
)

// Stock returns how much of a product is on the shelves.
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

// Reserve takes a quantity off the shelves, or nothing if there is less.
var Reserve = define.Function{ // MARKER: Reserve
	Host: Hostname, Method: "POST", Route: ":444/reserve",
	In: ReserveIn{}, Out: ReserveOut{},
}

// ReserveIn has the inputs of Reserve.
type ReserveIn struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// ReserveOut has the outputs of Reserve.
type ReserveOut struct {
	Reserved bool `json:"reserved"`
}

// Restock fills the shelves by what is on order, and returns what is then there.
var Restock = define.Function{ // MARKER: Restock
	Host: Hostname, Method: "POST", Route: ":444/restock",
	In: RestockIn{}, Out: RestockOut{},
}

// RestockIn has the inputs of Restock.
type RestockIn struct {
	SKU string `json:"sku"`
}

// RestockOut has the outputs of Restock.
type RestockOut struct {
	Quantity int `json:"quantity"`
}
