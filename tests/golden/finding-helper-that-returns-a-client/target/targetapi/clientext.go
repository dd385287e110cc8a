package targetapi

import (
	"context"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/service"
)

// Alias is another name.
type Alias = Client

// Set has several clients.
type Set struct {
	Main  Client
	Other MulticastClient
}

// At is a client for a tenant.
func (_c Client) At(tenant string) Client {
	return _c.ForHost(tenant + ".golden")
}

// Main is this client on the main host.
func (_c Client) Main() Client {
	return _c.ForHost("main.golden")
}

// Both is a set.
func (_c Client) Both() *Set {
	return &Set{Main: _c}
}

// Options is no client.
func (_c Client) Options() []pub.Option {
	return _c.opts
}

// With calls a function with the client.
func (_c Client) With(ctx context.Context, run func(Client) error) error {
	return run(_c)
}

// SaveTwice is a call.
func (_c Client) SaveTwice(ctx context.Context) error {
	if err := _c.Save(ctx); err != nil {
		return err
	}
	return _c.Save(ctx)
}

// Of makes a client without its constructor.
func Of(caller service.Publisher) (client Client) {
	client.svc = caller
	client.host = Hostname
	return
}

// Through hands clients on.
func Through(client Client) Client {
	return client
}

// Clients is a set for a microservice.
func Clients(caller service.Publisher) (set Set) {
	set.Main.svc = caller
	return set
}

// Names is no client.
func Names() []string {
	return []string{Hostname}
}

// First is the first client of a set.
func (set Set) First() Client {
	return set.Main
}
