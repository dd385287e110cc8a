// Laid out as Microbus' genservice generates it.

package firstapi

import (
	"context"
	"encoding/json"

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

// NewClient is of first.fleet, for the microservice caller.
func NewClient(caller service.Publisher) Client {
	return Client{svc: caller, host: Hostname}
}

// ForHost addresses another hostname instead.
func (_c Client) ForHost(host string) Client {
	_c.host = host
	return _c
}

// Work answers with what it was sent.
func (_c Client) Work(ctx context.Context, payload string) (echo string, err error) {
	res, err := _c.svc.Request(ctx, options(_c.host, Work.Method, Work.Route, WorkIn{Payload: payload}, _c.opts)...)
	if err != nil {
		return echo, err
	}
	var out WorkOut
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Echo, err
}

func options(host, method, route string, body any, more []pub.Option) []pub.Option {
	return append([]pub.Option{pub.Method(method), pub.URL(httpx.JoinHostAndPath(host, route)), pub.Body(body)}, more...)
}
