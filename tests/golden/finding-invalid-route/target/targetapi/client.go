// Laid out as Microbus' genservice generates it.

package targetapi

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

// NewClient is of target.golden, for the microservice caller.
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

// Odd is an endpoint.
func (_c Client) Odd(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Odd.Method, Odd.Route, nil, _c.opts)...)
	return err
}

// Fine is an endpoint.
func (_c Client) Fine(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Fine.Method, Fine.Route, nil, _c.opts)...)
	return err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of target.golden, for the microservice caller.
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

// Odd is an endpoint.
func (_c MulticastClient) Odd(ctx context.Context) iter.Seq[*OddResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Odd.Method, Odd.Route, nil, _c.opts)...)
	return func(yield func(*OddResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := OddResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Fine is an endpoint.
func (_c MulticastClient) Fine(ctx context.Context) iter.Seq[*FineResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Fine.Method, Fine.Route, nil, _c.opts)...)
	return func(yield func(*FineResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := FineResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// OddResponse is one of the answers to Odd.
type OddResponse struct {
	out OddOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *OddResponse) Get() (err error) {
	return r.err
}

// FineResponse is one of the answers to Fine.
type FineResponse struct {
	out FineOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *FineResponse) Get() (err error) {
	return r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
