package connector

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/microbus-io/fabric/internal/subjects"
	"github.com/microbus-io/fabric/sub"
)

// Subscribe serves an endpoint from the microservice's startup to its shutdown.
func (c *Connector) Subscribe(name string, handler sub.HTTPHandler, options ...sub.Option) error {
	s, err := sub.NewSubscription(c.hostname, name, options...)
	c.lock.Lock()
	defer c.lock.Unlock()
	if err != nil {
		c.invalid = err
		return err
	}
	e := &endpoint{Subscription: s, handler: handler}
	c.endpoints = append(c.endpoints, e)
	if c.started.Load() {
		return c.activate(e, &e.release)
	}
	return nil
}

// activate subscribes once for the whole microservice, and once for this replica alone.
func (c *Connector) activate(e *endpoint, release *[]func()) error {
	serve := func(subject string, data []byte) { c.receiveRequest(e, subject, data) }
	for slot, queue := range map[string]string{"_": e.Queue, c.id: ""} {
		pattern := subjects.Subscription(c.environment.plane, e.Port, e.Host, slot, e.Method, e.Path)
		if err := c.listen(release, pattern, queue, serve); err != nil {
			return err
		}
	}
	return nil
}

func (c *Connector) listen(release *[]func(), pattern, queue string, receive receiver) error {
	unsubscribe, err := c.bus.subscribe(pattern, queue, receive)
	if err != nil {
		return fmt.Errorf("subscribe to %s: %w", pattern, err)
	}
	*release = append(*release, func() {
		if err := unsubscribe(); err != nil {
			c.log.Warn("Unsubscribe", "subject", pattern, "error", err)
		}
	})
	return nil
}

// receiveRequest acknowledges a request, serves it and answers it.
func (c *Connector) receiveRequest(e *endpoint, subject string, data []byte) {
	c.serving.Add(1)
	go func() {
		defer c.serving.Done()
		source := subjects.Source(subject)
		r, err := readRequest(data)
		if err != nil {
			c.log.Error("Unreadable request", "subject", subject, "error", err)
			return
		}
		// What the sender wrote there is only a claim; the subject's source the broker has verified.
		r.Header.Set(headerFromHost, subjects.Unflatten(source))
		ctx, cancel := context.WithTimeout(c.lifetime, timeBudget(r.Header))
		defer cancel()
		for name, value := range pathArguments(e.Path, r.URL.Path) {
			r.SetPathValue(name, value)
		}
		c.answer(r, source, acknowledgement())
		c.answer(r, source, c.respond(e, r.WithContext(ctx)))
	}()
}

func (c *Connector) respond(e *endpoint, r *http.Request) (res *recorder) {
	res = newRecorder()
	defer func() {
		if crash := recover(); crash != nil {
			c.log.Error("Panic", "endpoint", e.Name, "error", crash)
			res = failure(fmt.Errorf("panic: %v", crash))
		}
	}()
	if err := e.handler(res, r); err != nil {
		c.log.Error("Request failed", "endpoint", e.Name, "error", err)
		return failure(err)
	}
	return res
}

func (c *Connector) answer(r *http.Request, source string, res *recorder) {
	res.header.Set(headerMessageID, r.Header.Get(headerMessageID))
	res.header.Set(headerFromHost, c.hostname)
	res.header.Set(headerFromID, c.id)
	subject := subjects.Reply(c.environment.plane, c.hostname, source, r.Header.Get(headerFromID))
	data, err := res.bytes()
	if err == nil {
		err = c.bus.publish(subject, data, false)
	}
	if err != nil {
		c.log.Error("Reply", "subject", subject, "error", err)
	}
}

// pathArguments are the values that a request's path has for the arguments of an endpoint's path.
func pathArguments(pattern, path string) map[string]string {
	values := map[string]string{}
	given := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, part := range strings.Split(strings.TrimPrefix(pattern, "/"), "/") {
		if !strings.HasPrefix(part, "{") || !strings.HasSuffix(part, "}") || i >= len(given) {
			continue
		}
		name, greedy := strings.CutSuffix(part[1:len(part)-1], "...")
		if values[name] = given[i]; greedy {
			values[name] = strings.Join(given[i:], "/")
		}
	}
	return values
}
