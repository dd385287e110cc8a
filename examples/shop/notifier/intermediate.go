// Laid out as Microbus' genservice generates it.

package notifier

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"example.com/shop/notifier/notifierapi"
	"example.com/shop/orders/ordersapi"
)

const (
	Hostname    = notifierapi.Hostname
	Version     = notifierapi.Version
	Description = notifierapi.Description
)

// ToDo is what service.go implements.
type ToDo interface {
	OnStartup(ctx context.Context) (err error)
	OnShutdown(ctx context.Context) (err error)
	Recent(ctx context.Context) (messages []string, err error)
	OnOrderPlaced(ctx context.Context, order ordersapi.Order) (err error)
}

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
	ToDo
}

// NewService is a replica of notifier.shop.
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

	svc.Subscribe( // MARKER: Recent
		"Recent", svc.doRecent,
		sub.At(notifierapi.Recent.Method, notifierapi.Recent.Route),
		sub.Description(`Recent returns the messages sent, latest last.`),
		sub.Function(notifierapi.RecentIn{}, notifierapi.RecentOut{}),
	)

	ordersapi.NewHook(svc).OnOrderPlaced(svc.OnOrderPlaced) // MARKER: OnOrderPlaced

	return svc
}

func (svc *Intermediate) doRecent(w http.ResponseWriter, r *http.Request) (err error) {
	var out notifierapi.RecentOut
	if out.Messages, err = svc.Recent(r.Context()); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}
