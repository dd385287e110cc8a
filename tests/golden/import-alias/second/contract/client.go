// Laid out as Microbus' genservice generates it.

package contract

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

// NewClient is of second.golden, for the microservice caller.
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

// Load returns something.
func (_c Client) Load(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Load.Method, Load.Route, nil, _c.opts)...)
	return err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of second.golden, for the microservice caller.
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

// Load returns something.
func (_c MulticastClient) Load(ctx context.Context) iter.Seq[*LoadResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Load.Method, Load.Route, nil, _c.opts)...)
	return func(yield func(*LoadResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := LoadResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// LoadResponse is one of the answers to Load.
type LoadResponse struct {
	out LoadOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *LoadResponse) Get() (err error) {
	return r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
