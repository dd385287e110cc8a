// Laid out as Microbus' genservice generates it.

package reports

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"example.com/shop/reports/reportsapi"
)

const (
	Hostname    = reportsapi.Hostname
	Version     = reportsapi.Version
	Description = reportsapi.Description
)

// ToDo is what service.go implements.
type ToDo interface {
	OnStartup(ctx context.Context) (err error)
	OnShutdown(ctx context.Context) (err error)
	Summary(ctx context.Context) (report reportsapi.Report, err error)
}

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
	ToDo
}

// NewService is a replica of reports.shop.
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

	svc.Subscribe( // MARKER: Summary
		"Summary", svc.doSummary,
		sub.At(reportsapi.Summary.Method, reportsapi.Summary.Route),
		sub.Description(`Summary returns the day's figures.`),
		sub.Function(reportsapi.SummaryIn{}, reportsapi.SummaryOut{}),
	)

	return svc
}

func (svc *Intermediate) doSummary(w http.ResponseWriter, r *http.Request) (err error) {
	var out reportsapi.SummaryOut
	if out.Report, err = svc.Summary(r.Context()); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}
