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

// Bare is an endpoint.
func (_c Client) Bare(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Bare.Method, Bare.Route, nil, _c.opts)...)
	return err
}

// Root is an endpoint.
func (_c Client) Root(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Root.Method, Root.Route, nil, _c.opts)...)
	return err
}

// Dir is an endpoint.
func (_c Client) Dir(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Dir.Method, Dir.Route, nil, _c.opts)...)
	return err
}

// NoSlash is an endpoint.
func (_c Client) NoSlash(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, NoSlash.Method, NoSlash.Route, nil, _c.opts)...)
	return err
}

// OnlyPort is an endpoint.
func (_c Client) OnlyPort(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, OnlyPort.Method, OnlyPort.Route, nil, _c.opts)...)
	return err
}

// AnyPort is an endpoint.
func (_c Client) AnyPort(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, AnyPort.Method, AnyPort.Route, nil, _c.opts)...)
	return err
}

// Dotted is an endpoint.
func (_c Client) Dotted(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Dotted.Method, Dotted.Route, nil, _c.opts)...)
	return err
}

// Capital is an endpoint.
func (_c Client) Capital(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Capital.Method, Capital.Route, nil, _c.opts)...)
	return err
}

// HostRoot is an endpoint.
func (_c Client) HostRoot(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, HostRoot.Method, HostRoot.Route, nil, _c.opts)...)
	return err
}

// HostPort is an endpoint.
func (_c Client) HostPort(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, HostPort.Method, HostPort.Route, nil, _c.opts)...)
	return err
}

// FullURL is an endpoint.
func (_c Client) FullURL(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, FullURL.Method, FullURL.Route, nil, _c.opts)...)
	return err
}

// PlainHTTP is an endpoint.
func (_c Client) PlainHTTP(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, PlainHTTP.Method, PlainHTTP.Route, nil, _c.opts)...)
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

// Bare is an endpoint.
func (_c MulticastClient) Bare(ctx context.Context) iter.Seq[*BareResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Bare.Method, Bare.Route, nil, _c.opts)...)
	return func(yield func(*BareResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := BareResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Root is an endpoint.
func (_c MulticastClient) Root(ctx context.Context) iter.Seq[*RootResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Root.Method, Root.Route, nil, _c.opts)...)
	return func(yield func(*RootResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := RootResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Dir is an endpoint.
func (_c MulticastClient) Dir(ctx context.Context) iter.Seq[*DirResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Dir.Method, Dir.Route, nil, _c.opts)...)
	return func(yield func(*DirResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := DirResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// NoSlash is an endpoint.
func (_c MulticastClient) NoSlash(ctx context.Context) iter.Seq[*NoSlashResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, NoSlash.Method, NoSlash.Route, nil, _c.opts)...)
	return func(yield func(*NoSlashResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := NoSlashResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// OnlyPort is an endpoint.
func (_c MulticastClient) OnlyPort(ctx context.Context) iter.Seq[*OnlyPortResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, OnlyPort.Method, OnlyPort.Route, nil, _c.opts)...)
	return func(yield func(*OnlyPortResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := OnlyPortResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// AnyPort is an endpoint.
func (_c MulticastClient) AnyPort(ctx context.Context) iter.Seq[*AnyPortResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, AnyPort.Method, AnyPort.Route, nil, _c.opts)...)
	return func(yield func(*AnyPortResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := AnyPortResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Dotted is an endpoint.
func (_c MulticastClient) Dotted(ctx context.Context) iter.Seq[*DottedResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Dotted.Method, Dotted.Route, nil, _c.opts)...)
	return func(yield func(*DottedResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := DottedResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Capital is an endpoint.
func (_c MulticastClient) Capital(ctx context.Context) iter.Seq[*CapitalResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Capital.Method, Capital.Route, nil, _c.opts)...)
	return func(yield func(*CapitalResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := CapitalResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// HostRoot is an endpoint.
func (_c MulticastClient) HostRoot(ctx context.Context) iter.Seq[*HostRootResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, HostRoot.Method, HostRoot.Route, nil, _c.opts)...)
	return func(yield func(*HostRootResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := HostRootResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// HostPort is an endpoint.
func (_c MulticastClient) HostPort(ctx context.Context) iter.Seq[*HostPortResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, HostPort.Method, HostPort.Route, nil, _c.opts)...)
	return func(yield func(*HostPortResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := HostPortResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// FullURL is an endpoint.
func (_c MulticastClient) FullURL(ctx context.Context) iter.Seq[*FullURLResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, FullURL.Method, FullURL.Route, nil, _c.opts)...)
	return func(yield func(*FullURLResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := FullURLResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// PlainHTTP is an endpoint.
func (_c MulticastClient) PlainHTTP(ctx context.Context) iter.Seq[*PlainHTTPResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, PlainHTTP.Method, PlainHTTP.Route, nil, _c.opts)...)
	return func(yield func(*PlainHTTPResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := PlainHTTPResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// BareResponse is one of the answers to Bare.
type BareResponse struct {
	out BareOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *BareResponse) Get() (err error) {
	return r.err
}

// RootResponse is one of the answers to Root.
type RootResponse struct {
	out RootOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *RootResponse) Get() (err error) {
	return r.err
}

// DirResponse is one of the answers to Dir.
type DirResponse struct {
	out DirOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *DirResponse) Get() (err error) {
	return r.err
}

// NoSlashResponse is one of the answers to NoSlash.
type NoSlashResponse struct {
	out NoSlashOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *NoSlashResponse) Get() (err error) {
	return r.err
}

// OnlyPortResponse is one of the answers to OnlyPort.
type OnlyPortResponse struct {
	out OnlyPortOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *OnlyPortResponse) Get() (err error) {
	return r.err
}

// AnyPortResponse is one of the answers to AnyPort.
type AnyPortResponse struct {
	out AnyPortOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *AnyPortResponse) Get() (err error) {
	return r.err
}

// DottedResponse is one of the answers to Dotted.
type DottedResponse struct {
	out DottedOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *DottedResponse) Get() (err error) {
	return r.err
}

// CapitalResponse is one of the answers to Capital.
type CapitalResponse struct {
	out CapitalOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *CapitalResponse) Get() (err error) {
	return r.err
}

// HostRootResponse is one of the answers to HostRoot.
type HostRootResponse struct {
	out HostRootOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *HostRootResponse) Get() (err error) {
	return r.err
}

// HostPortResponse is one of the answers to HostPort.
type HostPortResponse struct {
	out HostPortOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *HostPortResponse) Get() (err error) {
	return r.err
}

// FullURLResponse is one of the answers to FullURL.
type FullURLResponse struct {
	out FullURLOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *FullURLResponse) Get() (err error) {
	return r.err
}

// PlainHTTPResponse is one of the answers to PlainHTTP.
type PlainHTTPResponse struct {
	out PlainHTTPOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *PlainHTTPResponse) Get() (err error) {
	return r.err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
