package connector

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/microbus-io/fabric/internal/subjects"
	"github.com/microbus-io/fabric/pub"
)

const (
	ackTime    = 2 * time.Second        // within which the first who serves a request acknowledges it
	gatherTime = 250 * time.Millisecond // after that, within which all who serve a multicast acknowledge it
)

// exchange is a request and the answers to it.
type exchange struct {
	what    string // for error messages
	answers chan *http.Response
	ctx     context.Context
	end     context.CancelFunc
}

// Request sends to one of those who serve the URL and returns its answer.
func (c *Connector) Request(ctx context.Context, options ...pub.Option) (*http.Response, error) {
	x, err := c.send(ctx, options, false)
	if err != nil {
		return nil, err
	}
	defer x.end()
	unacknowledged := time.NewTimer(ackTime)
	defer unacknowledged.Stop()
	for {
		select {
		case res := <-x.answers:
			if res.Header.Get(headerOperation) == operationAck {
				unacknowledged.Stop()
				continue
			}
			return x.result(res)
		case <-unacknowledged.C:
			return nil, fmt.Errorf("%s: ack timeout", x.what)
		case <-x.ctx.Done():
			return nil, fmt.Errorf("%s: %w", x.what, x.ctx.Err())
		}
	}
}

// Publish sends to all who serve the URL and returns their answers as they come. It sends at once, and waits for
// answers only while they are read.
func (c *Connector) Publish(ctx context.Context, options ...pub.Option) iter.Seq[*pub.Response] {
	x, err := c.send(ctx, options, true)
	if err != nil {
		return func(yield func(*pub.Response) bool) { yield(pub.NewErrorResponse(err)) }
	}
	return x.gather
}

func (x *exchange) gather(yield func(*pub.Response) bool) {
	defer x.end()
	gathering := time.NewTimer(ackTime)
	defer gathering.Stop()
	const (
		acknowledged = iota + 1
		answered
	)
	replicas, awaited, complete := map[string]int{}, 0, false
	for !complete || awaited > 0 {
		select {
		case res := <-x.answers:
			id := res.Header.Get(headerFromID)
			if len(replicas) == 0 {
				gathering.Reset(gatherTime)
			}
			if res.Header.Get(headerOperation) == operationAck {
				if replicas[id] == 0 {
					replicas[id] = acknowledged
					awaited++
				}
				continue
			}
			if replicas[id] == acknowledged {
				awaited--
			}
			replicas[id] = answered
			answer := pub.NewHTTPResponse(res)
			if _, err := x.result(res); err != nil {
				answer = pub.NewErrorResponse(err)
			}
			if !yield(answer) {
				return
			}
		case <-gathering.C:
			complete = true
		case <-x.ctx.Done():
			return
		}
	}
}

func (c *Connector) send(ctx context.Context, options []pub.Option, multicast bool) (*exchange, error) {
	if c.bus == nil {
		return nil, errors.New("the microservice has not started")
	}
	req, err := pub.NewRequest(options...)
	if err != nil {
		return nil, err
	}
	target, err := url.Parse(req.URL)
	if err != nil {
		return nil, err
	}
	port := target.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[target.Scheme]
	}
	x := &exchange{what: req.Method + " " + req.URL, answers: make(chan *http.Response, 256)}
	var expire context.CancelFunc
	x.ctx, expire = context.WithTimeout(ctx, defaultTimeBudget)
	deadline, _ := x.ctx.Deadline()
	id := rand.Text()
	c.lock.Lock()
	c.exchanges[id] = x
	c.lock.Unlock()
	forget := context.AfterFunc(x.ctx, func() { c.forget(id) })
	x.end = func() {
		forget()
		c.forget(id)
		expire()
	}
	req.Header.Set(headerMessageID, id)
	req.Header.Set(headerFromHost, c.hostname)
	req.Header.Set(headerFromID, c.id)
	req.Header.Set(headerTimeBudget, strconv.Itoa(int(time.Until(deadline).Milliseconds())))
	data, err := requestBytes(req)
	if err == nil {
		subject := subjects.Request(c.environment.plane, port, c.hostname, target.Hostname(), req.Method, target.Path)
		err = c.bus.publish(subject, data, multicast)
	}
	if err != nil {
		x.end()
		return nil, fmt.Errorf("%s: %w", x.what, err)
	}
	return x, nil
}

func (c *Connector) forget(id string) {
	c.lock.Lock()
	defer c.lock.Unlock()
	delete(c.exchanges, id)
}

// receiveReply hands a reply to the exchange that awaits it. One that nobody awaits any more is dropped.
func (c *Connector) receiveReply(subject string, data []byte) {
	res, err := readResponse(data)
	if err != nil {
		c.log.Error("Unreadable reply", "subject", subject, "error", err)
		return
	}
	res.Header.Set(headerFromHost, subjects.Unflatten(subjects.Source(subject)))
	c.lock.Lock()
	x := c.exchanges[res.Header.Get(headerMessageID)]
	c.lock.Unlock()
	if x == nil {
		return
	}
	select {
	case x.answers <- res:
	default:
		c.log.Error("Too many replies", "request", x.what)
	}
}

// result is the answer, or the error that it carries.
func (x *exchange) result(res *http.Response) (*http.Response, error) {
	if res.Header.Get(headerOperation) != operationError {
		return res, nil
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", x.what, err)
	}
	return nil, fmt.Errorf("%s: %s", x.what, text)
}
