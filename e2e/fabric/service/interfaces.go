// Package service has the interfaces by which API packages see a microservice.
package service

import (
	"context"
	"iter"
	"net/http"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/sub"
)

// Publisher sends requests.
type Publisher interface {
	// Request sends to one of those who serve the URL and returns its answer.
	Request(ctx context.Context, options ...pub.Option) (*http.Response, error)
	// Publish sends to all who serve the URL and returns their answers as they come.
	Publish(ctx context.Context, options ...pub.Option) iter.Seq[*pub.Response]
}

// Subscriber serves requests.
type Subscriber interface {
	// Subscribe serves an endpoint from the microservice's startup to its shutdown.
	Subscribe(name string, handler sub.HTTPHandler, options ...sub.Option) error
}

// Service is a microservice as an application runs it.
type Service interface {
	Hostname() string
	Startup(ctx context.Context) error
	Shutdown(ctx context.Context) error
}
