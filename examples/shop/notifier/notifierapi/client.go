// Laid out as Microbus' genservice generates it.

package notifierapi

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

// NewClient is of notifier.shop, for the microservice caller.
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

// Recent returns the messages sent, latest last.
func (_c Client) Recent(ctx context.Context) (messages []string, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Recent.Method, Recent.Route, nil, _c.opts)...)
	if err != nil {
		return messages, err
	}
	var out RecentOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Messages, err
}

// MulticastClient makes requests that all replicas answer.
type MulticastClient struct {
	svc  service.Publisher
	host string
	opts []pub.Option
}

// NewMulticastClient is of notifier.shop, for the microservice caller.
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

// Recent returns the messages sent, latest last.
func (_c MulticastClient) Recent(ctx context.Context) iter.Seq[*RecentResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Recent.Method, Recent.Route, nil, _c.opts)...)
	return func(yield func(*RecentResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := RecentResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// RecentResponse is one of the answers to Recent.
type RecentResponse struct {
	out RecentOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *RecentResponse) Get() (messages []string, err error) {
	return r.out.Messages, r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
