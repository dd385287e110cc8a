// Package sub has the options of a subscription.
package sub

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/microbus-io/fabric/httpx"
)

// HTTPHandler serves a request. An error that it returns goes to the caller.
type HTTPHandler func(w http.ResponseWriter, r *http.Request) error

// Subscription is what the options make.
type Subscription struct {
	Name   string
	Host   string
	Port   string
	Method string
	Path   string
	Queue  string // no queue: every replica is delivered every request

	defaultHost string
}

// Option is one property of a subscription.
type Option func(s *Subscription) error

// NewSubscription applies the options in their order to a subscription of the microservice of that hostname.
func NewSubscription(hostname, name string, options ...Option) (*Subscription, error) {
	s := &Subscription{Name: name, Method: "ANY", Queue: hostname, defaultHost: hostname}
	for _, option := range append([]Option{At("ANY", "")}, options...) {
		if err := option(s); err != nil {
			return nil, fmt.Errorf("subscription %s of %s: %w", name, hostname, err)
		}
	}
	return s, nil
}

// At says where the endpoint is: its method (ANY for all) and its route.
func At(method, route string) Option {
	return func(s *Subscription) error {
		u := httpx.JoinHostAndPath(s.defaultHost, route)
		parsed, err := url.Parse(u)
		if err != nil || parsed.Host == "" || strings.Contains(u, "`") {
			return fmt.Errorf("route %q is not valid", route)
		}
		s.Method, s.Host, s.Path = strings.ToUpper(method), strings.ToLower(parsed.Hostname()), parsed.Path
		if s.Port = parsed.Port(); s.Port == "" {
			s.Port = map[string]string{"https": "443", "http": "80"}[parsed.Scheme]
		}
		return nil
	}
}

// NoQueue delivers every request to every replica.
func NoQueue() Option {
	return func(s *Subscription) error {
		s.Queue = ""
		return nil
	}
}

// Queue delivers a request to one of those who share the queue.
func Queue(queue string) Option {
	return func(s *Subscription) error {
		s.Queue = queue
		return nil
	}
}

// Description says for people what the endpoint does.
func Description(string) Option { return documentation }

// Function says that the endpoint is a typed one, with those inputs and outputs.
func Function(_, _ any) Option { return documentation }

// Web says that the endpoint handles HTTP requests as they are.
func Web() Option { return documentation }

// InboundEvent says that the endpoint handles another microservice's event.
func InboundEvent(_, _ any) Option { return documentation }

func documentation(*Subscription) error { return nil }
