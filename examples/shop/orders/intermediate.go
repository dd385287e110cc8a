// Laid out as Microbus' genservice generates it.

package orders

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"example.com/shop/orders/ordersapi"
)

const (
	Hostname    = ordersapi.Hostname
	Version     = ordersapi.Version
	Description = ordersapi.Description
)

// ToDo is what service.go implements.
type ToDo interface {
	OnStartup(ctx context.Context) (err error)
	OnShutdown(ctx context.Context) (err error)
	Place(ctx context.Context, sku string, quantity int) (order ordersapi.Order, err error)
	Load(ctx context.Context, id string) (order ordersapi.Order, found bool, err error)
	Pending(ctx context.Context, sku string) (quantity int, err error)
	Totals(ctx context.Context) (orders int, items int, err error)
}

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
	ToDo
}

// NewService is a replica of orders.shop.
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

	svc.Subscribe( // MARKER: Place
		"Place", svc.doPlace,
		sub.At(ordersapi.Place.Method, ordersapi.Place.Route),
		sub.Description(`Place takes an order: the goods are reserved, the order is signed, and everyone who cares is told.`),
		sub.Function(ordersapi.PlaceIn{}, ordersapi.PlaceOut{}),
	)

	svc.Subscribe( // MARKER: Load
		"Load", svc.doLoad,
		sub.At(ordersapi.Load.Method, ordersapi.Load.Route),
		sub.Description(`Load returns an order that was placed.`),
		sub.Function(ordersapi.LoadIn{}, ordersapi.LoadOut{}),
	)

	svc.Subscribe( // MARKER: Pending
		"Pending", svc.doPending,
		sub.At(ordersapi.Pending.Method, ordersapi.Pending.Route),
		sub.Description(`Pending returns how much of a product is on order.`),
		sub.Function(ordersapi.PendingIn{}, ordersapi.PendingOut{}),
	)

	svc.Subscribe( // MARKER: Totals
		"Totals", svc.doTotals,
		sub.At(ordersapi.Totals.Method, ordersapi.Totals.Route),
		sub.Description(`Totals returns how many orders there are, and how many items in them.`),
		sub.Function(ordersapi.TotalsIn{}, ordersapi.TotalsOut{}),
	)

	return svc
}

func (svc *Intermediate) doPlace(w http.ResponseWriter, r *http.Request) (err error) {
	var out ordersapi.PlaceOut
	var in ordersapi.PlaceIn
	if err = json.NewDecoder(r.Body).Decode(&in); err != nil {
		return err
	}
	if out.Order, err = svc.Place(r.Context(), in.SKU, in.Quantity); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}

func (svc *Intermediate) doLoad(w http.ResponseWriter, r *http.Request) (err error) {
	var out ordersapi.LoadOut
	if out.Order, out.Found, err = svc.Load(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}

func (svc *Intermediate) doPending(w http.ResponseWriter, r *http.Request) (err error) {
	var out ordersapi.PendingOut
	if out.Quantity, err = svc.Pending(r.Context(), r.PathValue("sku")); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}

func (svc *Intermediate) doTotals(w http.ResponseWriter, r *http.Request) (err error) {
	var out ordersapi.TotalsOut
	if out.Orders, out.Items, err = svc.Totals(r.Context()); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}
