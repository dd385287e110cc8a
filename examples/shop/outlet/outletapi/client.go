// Laid out as Microbus' genservice generates it.

package outletapi

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strings"

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

// NewClient is of outlet.shop, for the microservice caller.
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

// Stock returns how much of a product the outlet has.
func (_c Client) Stock(ctx context.Context, sku string) (quantity int, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Stock.Method, strings.ReplaceAll(Stock.Route, "{sku}", url.PathEscape(sku)), nil, _c.opts)...)
	if err != nil {
		return quantity, err
	}
	var out StockOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Quantity, err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of outlet.shop, for the microservice caller.
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

// Stock returns how much of a product the outlet has.
func (_c MulticastClient) Stock(ctx context.Context, sku string) iter.Seq[*StockResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Stock.Method, strings.ReplaceAll(Stock.Route, "{sku}", url.PathEscape(sku)), nil, _c.opts)...)
	return func(yield func(*StockResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := StockResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// StockResponse is one of the answers to Stock.
type StockResponse struct {
	out StockOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *StockResponse) Get() (quantity int, err error) {
	return r.out.Quantity, r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
