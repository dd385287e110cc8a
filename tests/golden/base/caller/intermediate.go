// Laid out as Microbus' genservice generates it.

package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"golden.example/caller/callerapi"
)

const (
	Hostname    = callerapi.Hostname
	Version     = callerapi.Version
	Description = callerapi.Description
)

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
}

// NewService is a replica of caller.golden.
func NewService() *Service {
	svc := &Service{}
	svc.Intermediate = NewIntermediate()
	return svc
}

// Init lets the caller set the replica up before it starts.
func (svc *Service) Init(initializer func(svc *Service) (err error)) *Service {
	svc.SetOnStartup(func(context.Context) error { return initializer(svc) })
	return svc
}

// NewIntermediate subscribes the endpoints.
func NewIntermediate() *Intermediate {
	svc := &Intermediate{Connector: connector.New(Hostname)}
	svc.SetVersion(Version)
	svc.SetDescription(Description)

	svc.Subscribe( // want route GET caller.golden:443/own
		"Own", svc.doOwn,
		sub.At(callerapi.Own.Method, callerapi.Own.Route),
		sub.Description(`Own is the caller's own endpoint.`),
		sub.Function(callerapi.OwnIn{}, callerapi.OwnOut{}),
	)

	return svc
}

func (svc *Intermediate) doOwn(w http.ResponseWriter, r *http.Request) (err error) {
	return nil
}
