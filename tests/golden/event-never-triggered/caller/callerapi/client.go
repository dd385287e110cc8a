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
	"github.com/microbus-io/fabric/sub"
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

// Own is an endpoint.
func (_c Client) Own(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Own.Method, Own.Route, nil, _c.opts)...)
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

// Own is an endpoint.
func (_c MulticastClient) Own(ctx context.Context) iter.Seq[*OwnResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Own.Method, Own.Route, nil, _c.opts)...)
	return func(yield func(*OwnResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := OwnResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// MulticastTrigger triggers events.
type MulticastTrigger struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastTrigger is of caller.golden, for the microservice caller.
func NewMulticastTrigger(caller service.Publisher) MulticastTrigger {
	return MulticastTrigger{svc: caller, host: Hostname}
}

// ForHost addresses another hostname instead.
func (_c MulticastTrigger) ForHost(host string) MulticastTrigger {
	_c.host = host
	return _c
}

// WithOptions applies options on top.
func (_c MulticastTrigger) WithOptions(opts ...pub.Option) MulticastTrigger {
	_c.opts = append(_c.opts[:len(_c.opts):len(_c.opts)], opts...)
	return _c
}

// OnIdle is an event.
func (_c MulticastTrigger) OnIdle(ctx context.Context) iter.Seq[*OnIdleResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, OnIdle.Method, OnIdle.Route, nil, _c.opts)...)
	return func(yield func(*OnIdleResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := OnIdleResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// OwnResponse is one of the answers to Own.
type OwnResponse struct {
	out OwnOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *OwnResponse) Get() (err error) {
	return r.err
}

// OnIdleResponse is one of the answers to OnIdle.
type OnIdleResponse struct {
	out OnIdleOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *OnIdleResponse) Get() (err error) {
	return r.err
}

// Hook handles events.
type Hook struct {
	svc  service.Subscriber
	host string
	opts []sub.Option
}

// NewHook is of caller.golden, for the microservice caller.
func NewHook(caller service.Subscriber) Hook {
	return Hook{svc: caller, host: Hostname}
}

// ForHost addresses another hostname instead.
func (_c Hook) ForHost(host string) Hook {
	_c.host = host
	return _c
}

// WithOptions applies options on top.
func (_c Hook) WithOptions(opts ...sub.Option) Hook {
	_c.opts = append(_c.opts[:len(_c.opts):len(_c.opts)], opts...)
	return _c
}

// OnIdle is an event.
func (_c Hook) OnIdle(handler func(ctx context.Context) error) error {
	do := func(w http.ResponseWriter, r *http.Request) error {
		if err := handler(r.Context()); err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(OnIdleOut{})
	}
	at := sub.At(OnIdle.Method, httpx.JoinHostAndPath(_c.host, OnIdle.Route))
	return _c.svc.Subscribe("OnIdle", do, append([]sub.Option{at, sub.InboundEvent(OnIdleIn{}, OnIdleOut{})}, _c.opts...)...)
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
