// Laid out as Microbus' genservice generates it.

package targetapi

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

// Browse returns what lies under a path.
func (_c Client) Browse(ctx context.Context, path string) (text string, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Browse.Method, strings.ReplaceAll(Browse.Route, "{path...}", url.PathEscape(path)), nil, _c.opts)...)
	if err != nil {
		return text, err
	}
	var out BrowseOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Text, err
}

// Page is a page.
func (_c Client) Page(ctx context.Context, method string, relativeURL string, body any) (res *http.Response, err error) {
	return _c.svc.Request(ctx, options(_c.host, method, Page.Route+relativeURL, body, _c.opts)...)
}

// Elsewhere is on a host of its own, on any port.
func (_c Client) Elsewhere(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Elsewhere.Method, Elsewhere.Route, nil, _c.opts)...)
	return err
}

// Seal is a trust root.
func (_c Client) Seal(ctx context.Context) (err error) {
	_, err = _c.svc.Request(ctx, options(_c.host, Seal.Method, Seal.Route, nil, _c.opts)...)
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

// Browse returns what lies under a path.
func (_c MulticastClient) Browse(ctx context.Context, path string) iter.Seq[*BrowseResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Browse.Method, strings.ReplaceAll(Browse.Route, "{path...}", url.PathEscape(path)), nil, _c.opts)...)
	return func(yield func(*BrowseResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := BrowseResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Page is a page.
func (_c MulticastClient) Page(ctx context.Context, method string, relativeURL string, body any) iter.Seq[*pub.Response] {
	return _c.svc.Publish(ctx, options(_c.host, method, Page.Route+relativeURL, body, _c.opts)...)
}

// Elsewhere is on a host of its own, on any port.
func (_c MulticastClient) Elsewhere(ctx context.Context) iter.Seq[*ElsewhereResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Elsewhere.Method, Elsewhere.Route, nil, _c.opts)...)
	return func(yield func(*ElsewhereResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := ElsewhereResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// Seal is a trust root.
func (_c MulticastClient) Seal(ctx context.Context) iter.Seq[*SealResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, Seal.Method, Seal.Route, nil, _c.opts)...)
	return func(yield func(*SealResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := SealResponse{err: err}
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

// NewMulticastTrigger is of target.golden, for the microservice caller.
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

// OnSaved is triggered when everything was saved.
func (_c MulticastTrigger) OnSaved(ctx context.Context) iter.Seq[*OnSavedResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, OnSaved.Method, OnSaved.Route, nil, _c.opts)...)
	return func(yield func(*OnSavedResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := OnSavedResponse{err: err}
			if err == nil {
				r.err = json.NewDecoder(res.Body).Decode(&r.out)
			}
			if !yield(&r) {
				return
			}
		}
	}
}

// OnMoved is triggered when something was moved.
func (_c MulticastTrigger) OnMoved(ctx context.Context) iter.Seq[*OnMovedResponse] {
	answers := _c.svc.Publish(ctx, options(_c.host, OnMoved.Method, OnMoved.Route, nil, _c.opts)...)
	return func(yield func(*OnMovedResponse) bool) {
		for answer := range answers {
			res, err := answer.Get()
			r := OnMovedResponse{err: err}
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

// BrowseResponse is one of the answers to Browse.
type BrowseResponse struct {
	out BrowseOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *BrowseResponse) Get() (text string, err error) {
	return r.out.Text, r.err
}

// ElsewhereResponse is one of the answers to Elsewhere.
type ElsewhereResponse struct {
	out ElsewhereOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *ElsewhereResponse) Get() (err error) {
	return r.err
}

// SealResponse is one of the answers to Seal.
type SealResponse struct {
	out SealOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *SealResponse) Get() (err error) {
	return r.err
}

// OnSavedResponse is one of the answers to OnSaved.
type OnSavedResponse struct {
	out OnSavedOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *OnSavedResponse) Get() (err error) {
	return r.err
}

// OnMovedResponse is one of the answers to OnMoved.
type OnMovedResponse struct {
	out OnMovedOut
	err error
}

// Get is the answer, or the error in its stead.
func (r *OnMovedResponse) Get() (err error) {
	return r.err
}

// Hook handles events.
type Hook struct {
	svc  service.Subscriber
	host string
	opts []sub.Option
}

// NewHook is of target.golden, for the microservice caller.
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

// OnSaved is triggered when everything was saved.
func (_c Hook) OnSaved(handler func(ctx context.Context) error) error {
	do := func(w http.ResponseWriter, r *http.Request) error {
		if err := handler(r.Context()); err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(OnSavedOut{})
	}
	at := sub.At(OnSaved.Method, httpx.JoinHostAndPath(_c.host, OnSaved.Route))
	return _c.svc.Subscribe("OnSaved", do, append([]sub.Option{at, sub.InboundEvent(OnSavedIn{}, OnSavedOut{})}, _c.opts...)...)
}

// OnMoved is triggered when something was moved.
func (_c Hook) OnMoved(handler func(ctx context.Context) error) error {
	do := func(w http.ResponseWriter, r *http.Request) error {
		if err := handler(r.Context()); err != nil {
			return err
		}
		return json.NewEncoder(w).Encode(OnMovedOut{})
	}
	at := sub.At(OnMoved.Method, httpx.JoinHostAndPath(_c.host, OnMoved.Route))
	return _c.svc.Subscribe("OnMoved", do, append([]sub.Option{at, sub.InboundEvent(OnMovedIn{}, OnMovedOut{})}, _c.opts...)...)
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
