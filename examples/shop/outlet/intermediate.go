// Laid out as Microbus' genservice generates it.

package outlet

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"example.com/shop/outlet/outletapi"
)

const (
	Hostname    = outletapi.Hostname
	Version     = outletapi.Version
	Description = outletapi.Description
)

// ToDo is what service.go implements.
type ToDo interface {
	OnStartup(ctx context.Context) (err error)
	OnShutdown(ctx context.Context) (err error)
	Stock(ctx context.Context, sku string) (quantity int, err error)
}

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
	ToDo
}

// NewService is a replica of outlet.shop.
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
		sub.At(outletapi.Stock.Method, outletapi.Stock.Route),
		sub.Description(`Stock returns how much of a product the outlet has.`),
		sub.Function(outletapi.StockIn{}, outletapi.StockOut{}),
	)

	return svc
}

func (svc *Intermediate) doStock(w http.ResponseWriter, r *http.Request) (err error) {
	var out outletapi.StockOut
	if out.Quantity, err = svc.Stock(r.Context(), r.PathValue("sku")); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}
