// Laid out as Microbus' genservice generates it.

package second

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"example.com/fleet/second/secondapi"
)

const (
	Hostname    = secondapi.Hostname
	Version     = secondapi.Version
	Description = secondapi.Description
)

// ToDo is what service.go implements.
type ToDo interface {
	OnStartup(ctx context.Context) (err error)
	OnShutdown(ctx context.Context) (err error)
	Work(ctx context.Context, payload string) (echo string, err error)
}

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
	ToDo
}

// NewService is a replica of second.fleet.
func NewService() *Service {
	svc := &Service{}
	svc.Intermediate = NewIntermediate(svc)
	return svc
}

// NewIntermediate subscribes the endpoints that impl implements.
func NewIntermediate(impl ToDo) *Intermediate {
	svc := &Intermediate{Connector: connector.New(Hostname), ToDo: impl}
	svc.SetVersion(Version)
	svc.SetDescription(Description)
	svc.SetOnStartup(svc.OnStartup)
	svc.SetOnShutdown(svc.OnShutdown)

	svc.Subscribe( // MARKER: Work
		"Work", svc.doWork,
		sub.At(secondapi.Work.Method, secondapi.Work.Route),
		sub.Description(`Work answers with what it was sent.`),
		sub.Function(secondapi.WorkIn{}, secondapi.WorkOut{}),
	)

	return svc
}

func (svc *Intermediate) doWork(w http.ResponseWriter, r *http.Request) (err error) {
	var out secondapi.WorkOut
	var in secondapi.WorkIn
	if err = json.NewDecoder(r.Body).Decode(&in); err != nil {
		return err
	}
	if out.Echo, err = svc.Work(r.Context(), in.Payload); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}
