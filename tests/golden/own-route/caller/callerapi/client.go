// Laid out as Microbus' genservice generates it.

package callerapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"

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

// NewClient is of caller.golden, for the microservice caller.
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

// Here is here.
func (_c Client) Here(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Here.Method, Here.Route, nil, _c.opts)...)
	return err
}

// There is on a host of its own, on any port.
func (_c Client) There(ctx context.Context, method string, relativeURL string, body any) (res *http.Response, err error) {
	return _c.svc.Request(ctx, options(_c.host, method, There.Route+relativeURL, body, _c.opts)...)
}

// Danger is a trust root.
func (_c Client) Danger(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Danger.Method, Danger.Route, nil, _c.opts)...)
	return err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of caller.golden, for the microservice caller.
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

// Here is here.
func (_c MulticastClient) Here(ctx context.Context) iter.Seq[*HereResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Here.Method, Here.Route, nil, _c.opts)...)
	return func(yield func(*HereResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := HereResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// There is on a host of its own, on any port.
func (_c MulticastClient) There(ctx context.Context, method string, relativeURL string, body any) iter.Seq[*pub.Response] {
	return _c.svc.Publish(ctx, options(_c.host, method, There.Route+relativeURL, body, _c.opts)...)
}

// Danger is a trust root.
func (_c MulticastClient) Danger(ctx context.Context) iter.Seq[*DangerResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Danger.Method, Danger.Route, nil, _c.opts)...)
	return func(yield func(*DangerResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := DangerResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// HereResponse is one of the answers to Here.
type HereResponse struct {
	out HereOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *HereResponse) Get() (err error) {
	return r.err
}

// DangerResponse is one of the answers to Danger.
type DangerResponse struct {
	out DangerOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *DangerResponse) Get() (err error) {
	return r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
