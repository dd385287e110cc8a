// Laid out as Microbus' genservice generates it.

package signerapi

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/microbus-io/fabric/httpx"
	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
)

// Client makes requests that one replica answers.
type Client struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewClient is of signer.shop, for the microservice caller.
func NewClient(caller service.Publisher) Client {
	return Client{svc: caller, host: Hostname}
}

// ForHost addresses another hostname instead.
func (_c Client) ForHost(host string) Client {
	_c.host = host
	return _c
}

// WithOptions applies options on top.
func (_c Client) WithOptions(opts ...pub.Option) Client {
	_c.opts = append(_c.opts[:len(_c.opts):len(_c.opts)], opts...)
	return _c
}

// Sign signs a text.
func (_c Client) Sign(ctx context.Context, payload string) (signature string, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Sign.Method, Sign.Route, SignIn{Payload: payload}, _c.opts)...)
	if err != nil {
		return signature, err
	}
	var out SignOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Signature, err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of signer.shop, for the microservice caller.
func NewMulticastClient(caller service.Publisher) MulticastClient {
	return MulticastClient{svc: caller, host: Hostname}
}

// ForHost addresses another hostname instead.
func (_c MulticastClient) ForHost(host string) MulticastClient {
	_c.host = host
	return _c
}

// WithOptions applies options on top.
func (_c MulticastClient) WithOptions(opts ...pub.Option) MulticastClient {
	_c.opts = append(_c.opts[:len(_c.opts):len(_c.opts)], opts...)
	return _c
}

// Sign signs a text.
func (_c MulticastClient) Sign(ctx context.Context, payload string) iter.Seq[*SignResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Sign.Method, Sign.Route, SignIn{Payload: payload}, _c.opts)...)
	return func(yield func(*SignResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := SignResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// SignResponse is one of the answers to Sign.
type SignResponse struct {
	out SignOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *SignResponse) Get() (signature string, err error) {
	return r.out.Signature, r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
