// Laid out as Microbus' genservice generates it.

package signer

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/microbus-io/fabric/connector"
	"github.com/microbus-io/fabric/sub"

	"example.com/shop/signer/signerapi"
)

const (
	Hostname    = signerapi.Hostname
	Version     = signerapi.Version
	Description = signerapi.Description
)

// ToDo is what service.go implements.
type ToDo interface {
	OnStartup(ctx context.Context) (err error)
	OnShutdown(ctx context.Context) (err error)
	Sign(ctx context.Context, payload string) (signature string, err error)
}

// Intermediate puts the microservice's endpoints on the bus.
type Intermediate struct {
	*connector.Connector
	ToDo
}

// NewService is a replica of signer.shop.
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

	svc.Subscribe( // MARKER: Sign
		"Sign", svc.doSign,
		sub.At(signerapi.Sign.Method, signerapi.Sign.Route),
		sub.Description(`Sign signs a text.`),
		sub.Function(signerapi.SignIn{}, signerapi.SignOut{}),
	)

	return svc
}

func (svc *Intermediate) doSign(w http.ResponseWriter, r *http.Request) (err error) {
	var out signerapi.SignOut
	var in signerapi.SignIn
	if err = json.NewDecoder(r.Body).Decode(&in); err != nil {
		return err
	}
	if out.Signature, err = svc.Sign(r.Context(), in.Payload); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}
