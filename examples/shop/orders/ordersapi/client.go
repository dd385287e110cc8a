// Laid out as Microbus' genservice generates it.

package ordersapi

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

// NewClient is of orders.shop, for the microservice caller.
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

// Place takes an order: the goods are reserved, the order is signed, and everyone who cares is told.
func (_c Client) Place(ctx context.Context, sku string, quantity int) (order Order, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Place.Method, Place.Route, PlaceIn{SKU: sku, Quantity: quantity}, _c.opts)...)
	if err != nil {
		return order, err
	}
	var out PlaceOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Order, err
}

// Load returns an order that was placed.
func (_c Client) Load(ctx context.Context, id string) (order Order, found bool, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Load.Method, strings.ReplaceAll(Load.Route, "{id}", url.PathEscape(id)), nil, _c.opts)...)
	if err != nil {
		return order, found, err
	}
	var out LoadOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Order, out.Found, err
}

// Pending returns how much of a product is on order.
func (_c Client) Pending(ctx context.Context, sku string) (quantity int, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Pending.Method, strings.ReplaceAll(Pending.Route, "{sku}", url.PathEscape(sku)), nil, _c.opts)...)
	if err != nil {
		return quantity, err
	}
	var out PendingOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Quantity, err
}

// Totals returns how many orders there are, and how many items in them.
func (_c Client) Totals(ctx context.Context) (orders int, items int, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Totals.Method, Totals.Route, nil, _c.opts)...)
	if err != nil {
		return orders, items, err
	}
	var out TotalsOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Orders, out.Items, err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of orders.shop, for the microservice caller.
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

// Place takes an order: the goods are reserved, the order is signed, and everyone who cares is told.
func (_c MulticastClient) Place(ctx context.Context, sku string, quantity int) iter.Seq[*PlaceResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Place.Method, Place.Route, PlaceIn{SKU: sku, Quantity: quantity}, _c.opts)...)
	return func(yield func(*PlaceResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := PlaceResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Load returns an order that was placed.
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

// Pending returns how much of a product is on order.
func (_c MulticastClient) Pending(ctx context.Context, sku string) iter.Seq[*PendingResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Pending.Method, strings.ReplaceAll(Pending.Route, "{sku}", url.PathEscape(sku)), nil, _c.opts)...)
	return func(yield func(*PendingResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := PendingResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Totals returns how many orders there are, and how many items in them.
func (_c MulticastClient) Totals(ctx context.Context) iter.Seq[*TotalsResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Totals.Method, Totals.Route, nil, _c.opts)...)
	return func(yield func(*TotalsResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := TotalsResponse{err: err}
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

// NewMulticastTrigger is of orders.shop, for the microservice caller.
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

// OnOrderPlaced is triggered when an order was placed.
func (_c MulticastTrigger) OnOrderPlaced(ctx context.Context, order Order) iter.Seq[*OnOrderPlacedResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, OnOrderPlaced.Method, OnOrderPlaced.Route, OnOrderPlacedIn{Order: order}, _c.opts)...)
	return func(yield func(*OnOrderPlacedResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := OnOrderPlacedResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// PlaceResponse is one of the answers to Place.
type PlaceResponse struct {
	out PlaceOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *PlaceResponse) Get() (order Order, err error) {
	return r.out.Order, r.err
}

// LoadResponse is one of the answers to Load.
type LoadResponse struct {
	out LoadOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *LoadResponse) Get() (order Order, found bool, err error) {
	return r.out.Order, r.out.Found, r.err
}

// PendingResponse is one of the answers to Pending.
type PendingResponse struct {
	out PendingOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *PendingResponse) Get() (quantity int, err error) {
	return r.out.Quantity, r.err
}

// TotalsResponse is one of the answers to Totals.
type TotalsResponse struct {
	out TotalsOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *TotalsResponse) Get() (orders int, items int, err error) {
	return r.out.Orders, r.out.Items, r.err
}

// OnOrderPlacedResponse is one of the answers to OnOrderPlaced.
type OnOrderPlacedResponse struct {
	out OnOrderPlacedOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *OnOrderPlacedResponse) Get() (err error) {
	return r.err
}

// Hook handles events.
type Hook struct {
	svc  service.Subscriber
	host string
	opts []sub.Option
}

// NewHook is of orders.shop, for the microservice listener.
func NewHook(listener service.Subscriber) Hook {
	return Hook{svc: listener, host: Hostname}
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

// OnOrderPlaced is triggered when an order was placed.
func (_c Hook) OnOrderPlaced(handler func(ctx context.Context, order Order) error) error {
	do := func(w http.ResponseWriter, r *http.Request) error {
		var in OnOrderPlacedIn
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return err
		}
		if err := handler(r.Context(), in.Order); err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(OnOrderPlacedOut{})
	}
	at := sub.At(OnOrderPlaced.Method, httpx.JoinHostAndPath(_c.host, OnOrderPlaced.Route))
	return _c.svc.Subscribe("OnOrderPlaced", do, append([]sub.Option{at, sub.InboundEvent(OnOrderPlacedIn{}, OnOrderPlacedOut{})}, _c.opts...)...)
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
