// Laid out as Microbus' genservice generates it.

package storefront

import (
	"context"

	"github.com/microbus-io/fabric/connector"

	"example.com/shop/storefront/storefrontapi"
)

const (
	Hostname    = storefrontapi.Hostname
	Version     = storefrontapi.Version
	Description = storefrontapi.Description
)

// ToDo is what service.go implements.
type ToDo interface {
	OnStartup(ctx context.Context) (err error)
	OnShutdown(ctx context.Context) (err error)
}

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
	ToDo
}

// NewService is a replica of storefront.shop.
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

	return svc
}
