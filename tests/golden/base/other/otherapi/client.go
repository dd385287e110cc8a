// Laid out as Microbus' genservice generates it.

package otherapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"

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

// NewClient is of other.golden, for the microservice caller.
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

// Load returns one text.
func (_c Client) Load(ctx context.Context, id string) (text string, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Load.Method, strings.ReplaceAll(Load.Route, "{id}", url.PathEscape(id)), nil, _c.opts)...)
	if err != nil {
		return text, err
	}
	var out LoadOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Text, err
}

// Save saves everything.
func (_c Client) Save(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Save.Method, Save.Route, nil, _c.opts)...)
	return err
}

// Store stores something.
func (_c Client) Store(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Store.Method, Store.Route, nil, _c.opts)...)
	return err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of other.golden, for the microservice caller.
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

// Load returns one text.
func (_c MulticastClient) Load(ctx context.Context, id string) iter.Seq[*LoadResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Load.Method, strings.ReplaceAll(Load.Route, "{id}", url.PathEscape(id)), nil, _c.opts)...)
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

// Save saves everything.
func (_c MulticastClient) Save(ctx context.Context) iter.Seq[*SaveResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Save.Method, Save.Route, nil, _c.opts)...)
	return func(yield func(*SaveResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := SaveResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Store stores something.
func (_c MulticastClient) Store(ctx context.Context) iter.Seq[*StoreResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Store.Method, Store.Route, nil, _c.opts)...)
	return func(yield func(*StoreResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := StoreResponse{err: err}
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

// NewMulticastTrigger is of other.golden, for the microservice caller.
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

// OnStored is triggered when something was stored.
func (_c MulticastTrigger) OnStored(ctx context.Context) iter.Seq[*OnStoredResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, OnStored.Method, OnStored.Route, nil, _c.opts)...)
	return func(yield func(*OnStoredResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := OnStoredResponse{err: err}
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
func (r *LoadResponse) Get() (text string, err error) {
	return r.out.Text, r.err
}

// SaveResponse is one of the answers to Save.
type SaveResponse struct {
	out SaveOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *SaveResponse) Get() (err error) {
	return r.err
}

// StoreResponse is one of the answers to Store.
type StoreResponse struct {
	out StoreOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *StoreResponse) Get() (err error) {
	return r.err
}

// OnStoredResponse is one of the answers to OnStored.
type OnStoredResponse struct {
	out OnStoredOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *OnStoredResponse) Get() (err error) {
	return r.err
}

// Hook handles events.
type Hook struct {
	svc  service.Subscriber
	host string
	opts []sub.Option
}

// NewHook is of other.golden, for the microservice caller.
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

// OnStored is triggered when something was stored.
func (_c Hook) OnStored(handler func(ctx context.Context) error) error {
	do := func(w http.ResponseWriter, r *http.Request) error {
		if err := handler(r.Context()); err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(OnStoredOut{})
	}
	at := sub.At(OnStored.Method, httpx.JoinHostAndPath(_c.host, OnStored.Route))
	return _c.svc.Subscribe("OnStored", do, append([]sub.Option{at, sub.InboundEvent(OnStoredIn{}, OnStoredOut{})}, _c.opts...)...)
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
