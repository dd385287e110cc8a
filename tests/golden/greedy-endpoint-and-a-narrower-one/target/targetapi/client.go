// Laid out as Microbus' genservice generates it.

package targetapi

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

// Files is an endpoint.
func (_c Client) Files(ctx context.Context, name string) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Files.Method, strings.ReplaceAll(Files.Route, "{name}", url.PathEscape(name)), nil, _c.opts)...)
	return err
}

// Trees is an endpoint.
func (_c Client) Trees(ctx context.Context, path string) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Trees.Method, strings.ReplaceAll(Trees.Route, "{path...}", url.PathEscape(path)), nil, _c.opts)...)
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

// Files is an endpoint.
func (_c MulticastClient) Files(ctx context.Context, name string) iter.Seq[*FilesResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Files.Method, strings.ReplaceAll(Files.Route, "{name}", url.PathEscape(name)), nil, _c.opts)...)
	return func(yield func(*FilesResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := FilesResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Trees is an endpoint.
func (_c MulticastClient) Trees(ctx context.Context, path string) iter.Seq[*TreesResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Trees.Method, strings.ReplaceAll(Trees.Route, "{path...}", url.PathEscape(path)), nil, _c.opts)...)
	return func(yield func(*TreesResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := TreesResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// FilesResponse is one of the answers to Files.
type FilesResponse struct {
	out FilesOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *FilesResponse) Get() (err error) {
	return r.err
}

// TreesResponse is one of the answers to Trees.
type TreesResponse struct {
	out TreesOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *TreesResponse) Get() (err error) {
	return r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
