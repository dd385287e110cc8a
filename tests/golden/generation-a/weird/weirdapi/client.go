// does not compile: it holds no more of the generated code than is read.
package weirdapi

import "context"

// Client is a lightweight proxy for making unicast calls to the microservice.
type Client struct {
	svc  any
	host string
}

// NewClient creates a new unicast client.
func NewClient(caller any) Client {
	return Client{svc: caller, host: Hostname}
}

// ForHost returns a copy of the client with a different hostname.
func (_c Client) ForHost(host string) Client {
	_c.host = host
	return _c
}

// MulticastTrigger is a lightweight proxy for triggering the events of the microservice.
type MulticastTrigger struct {
	svc  any
	host string
}

// NewMulticastTrigger creates a new multicast trigger.
func NewMulticastTrigger(caller any) MulticastTrigger {
	return MulticastTrigger{svc: caller, host: Hostname}
}

// ForHost returns a copy of the trigger with a different hostname.
func (_c MulticastTrigger) ForHost(host string) MulticastTrigger {
	_c.host = host
	return _c
}

// OnSomething triggers the event.
func (_c MulticastTrigger) OnSomething(ctx context.Context) error {
	return nil
}
