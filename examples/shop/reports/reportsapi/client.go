// Laid out as Microbus' genservice generates it.

package reportsapi

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

// NewClient is of reports.shop, for the microservice caller.
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

// Summary returns the day's figures.
func (_c Client) Summary(ctx context.Context) (report Report, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Summary.Method, Summary.Route, nil, _c.opts)...)
	if err != nil {
		return report, err
	}
	var out SummaryOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Report, err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of reports.shop, for the microservice caller.
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

// Summary returns the day's figures.
func (_c MulticastClient) Summary(ctx context.Context) iter.Seq[*SummaryResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Summary.Method, Summary.Route, nil, _c.opts)...)
	return func(yield func(*SummaryResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := SummaryResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// SummaryResponse is one of the answers to Summary.
type SummaryResponse struct {
	out SummaryOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *SummaryResponse) Get() (report Report, err error) {
	return r.out.Report, r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
