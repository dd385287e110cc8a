package caller

import (
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"golden.example/caller/callerapi"
)

type Intermediate struct {
	*connector.Connector
}

func NewIntermediate() *Intermediate {
	svc := &Intermediate{connector.New(callerapi.Hostname)}
	svc.Subscribe( // want route GET caller.golden:443/here
		"Here", svc.doHere,
		sub.At(callerapi.Here.Method, callerapi.Here.Route),
		sub.Description(`Here is here.`),
		sub.Function(callerapi.HereIn{}, callerapi.HereOut{}),
	)
	svc.Subscribe( // want route ANY there.golden:*/{rest...}
		"There", svc.There,
		sub.Web(),
		sub.At(callerapi.There.Method, callerapi.There.Route),
	)
	return svc
}

func (svc *Intermediate) doHere(w http.ResponseWriter, r *http.Request) error { return nil }

func (svc *Intermediate) There(w http.ResponseWriter, r *http.Request) error { return nil }
