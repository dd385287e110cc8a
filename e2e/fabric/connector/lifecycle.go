package connector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/microbus-io/fabric/internal/subjects"
	"github.com/microbus-io/fabric/sub"
)

// drainTime is how long a microservice that shuts down waits for the requests that it serves.
const drainTime = 8 * time.Second

// Startup puts the microservice on the bus: the replies to it first, then OnStartup, then the control endpoints,
// then its own.
func (c *Connector) Startup(ctx context.Context) (err error) {
	if c.invalid != nil {
		return c.invalid
	}
	c.lifetime, c.end = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			c.leave()
		}
	}()
	if c.bus, err = openBus(c.hostname, c.environment, c.log); err != nil {
		return err
	}
	replies := subjects.Replies(c.environment.plane, c.hostname, c.id)
	if err = c.listen(&c.release, replies, "", c.receiveReply); err != nil {
		return err
	}
	for _, handler := range c.onStartup {
		if err = handler(ctx); err != nil {
			return fmt.Errorf("startup: %w", err)
		}
	}
	if err = c.serveControl(); err != nil {
		return err
	}
	c.lock.Lock()
	endpoints := c.endpoints
	c.started.Store(true)
	c.lock.Unlock()
	for _, e := range endpoints {
		if err = c.activate(e, &e.release); err != nil {
			return err
		}
	}
	c.bus.flush()
	c.log.Info("Startup")
	return nil
}

// Shutdown takes the microservice off the bus: no new requests, then OnShutdown, then what is being served ends.
func (c *Connector) Shutdown(ctx context.Context) error {
	if !c.started.CompareAndSwap(true, false) {
		return nil
	}
	for _, e := range c.endpoints {
		releaseAll(&e.release)
	}
	var failures []error
	for i := len(c.onShutdown) - 1; i >= 0; i-- {
		failures = append(failures, c.onShutdown[i](ctx))
	}
	served := make(chan struct{})
	go func() {
		c.bus.leaving.Wait()
		c.serving.Wait()
		close(served)
	}()
	select {
	case <-served:
	case <-time.After(drainTime):
		c.log.Warn("Requests still being served at shutdown")
	case <-ctx.Done():
	}
	c.leave()
	c.log.Info("Shutdown")
	return errors.Join(failures...)
}

func (c *Connector) leave() {
	c.started.Store(false)
	for _, e := range c.endpoints {
		releaseAll(&e.release)
	}
	releaseAll(&c.release)
	if c.bus != nil {
		c.bus.close()
	}
	c.end()
}

// serveControl answers pings to this microservice, to this replica, and to all.
func (c *Connector) serveControl() error {
	for _, route := range []string{":888/ping", "//all:888/ping"} {
		s, err := sub.NewSubscription(c.hostname, "Ping", sub.At("ANY", route), sub.NoQueue())
		if err != nil {
			return err
		}
		if err := c.activate(&endpoint{Subscription: s, handler: pong}, &c.release); err != nil {
			return err
		}
	}
	return nil
}

func pong(w http.ResponseWriter, _ *http.Request) error {
	return json.NewEncoder(w).Encode(map[string]int{"pong": 0})
}

func releaseAll(release *[]func()) {
	for _, f := range *release {
		f()
	}
	*release = nil
}
