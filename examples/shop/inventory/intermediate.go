// Laid out as Microbus' genservice generates it.

package inventory

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"example.com/shop/inventory/inventoryapi"
)

const (
	Hostname    = inventoryapi.Hostname
	Version     = inventoryapi.Version
	Description = inventoryapi.Description
)

// ToDo is what service.go implements.
type ToDo interface {
	OnStartup(ctx context.Context) (err error)
	OnShutdown(ctx context.Context) (err error)
	Stock(ctx context.Context, sku string) (quantity int, err error)
	Reserve(ctx context.Context, sku string, quantity int) (reserved bool, err error)
	Restock(ctx context.Context, sku string) (quantity int, err error)
}

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
	ToDo
}

// NewService is a replica of inventory.shop.
func NewService() *Service {
	svc := &Service{}
	svc.Intermediate = NewIntermediate(svc)
	return svc
}

// Init lets the caller set the replica up before it starts.
func (svc *Service) Init(initializer func(svc *Service) (err error)) *Service {
	svc.SetOnStartup(func(context.Context) error { return initializer(svc) })
	return svc
}

// NewIntermediate subscribes the endpoints that impl implements.
func NewIntermediate(impl ToDo) *Intermediate {
	svc := &Intermediate{Connector: connector.New(Hostname), ToDo: impl}
	svc.SetVersion(Version)
	svc.SetDescription(Description)
	svc.SetOnStartup(svc.OnStartup)
	svc.SetOnShutdown(svc.OnShutdown)

	svc.Subscribe( // MARKER: Stock
		"Stock", svc.doStock,
		sub.At(inventoryapi.Stock.Method, inventoryapi.Stock.Route),
		sub.Description(`Stock returns how much of a product is on the shelves.`),
		sub.Function(inventoryapi.StockIn{}, inventoryapi.StockOut{}),
	)

	svc.Subscribe( // MARKER: Reserve
		"Reserve", svc.doReserve,
		sub.At(inventoryapi.Reserve.Method, inventoryapi.Reserve.Route),
		sub.Description(`Reserve takes a quantity off the shelves, or nothing if there is less.`),
		sub.Function(inventoryapi.ReserveIn{}, inventoryapi.ReserveOut{}),
	)

	svc.Subscribe( // MARKER: Restock
		"Restock", svc.doRestock,
		sub.At(inventoryapi.Restock.Method, inventoryapi.Restock.Route),
		sub.Description(`Restock fills the shelves by what is on order, and returns what is then there.`),
		sub.Function(inventoryapi.RestockIn{}, inventoryapi.RestockOut{}),
	)

	return svc
}

func (svc *Intermediate) doStock(w http.ResponseWriter, r *http.Request) (err error) {
	var out inventoryapi.StockOut
	if out.Quantity, err = svc.Stock(r.Context(), r.PathValue("sku")); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}

func (svc *Intermediate) doReserve(w http.ResponseWriter, r *http.Request) (err error) {
	var out inventoryapi.ReserveOut
	var in inventoryapi.ReserveIn
	if err = json.NewDecoder(r.Body).Decode(&in); err != nil {
		return err
	}
	if out.Reserved, err = svc.Reserve(r.Context(), in.SKU, in.Quantity); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}

func (svc *Intermediate) doRestock(w http.ResponseWriter, r *http.Request) (err error) {
	var out inventoryapi.RestockOut
	var in inventoryapi.RestockIn
	if err = json.NewDecoder(r.Body).Decode(&in); err != nil {
		return err
	}
	if out.Quantity, err = svc.Restock(r.Context(), in.SKU); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}
