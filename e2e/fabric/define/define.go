// Package define has the types with which an API package states what its microservice exposes.
// The values are read by tools and by the microservice's own code; nothing here acts on them.
package define

import (
	"time"

	"github.com/microbus-io/fabric/httpx"
)

// LoadBalancing says who of a microservice's replicas gets a request: one of them (the zero value),
// all of them (None), or one of each custom queue (any other value).
type LoadBalancing string

// None delivers each request to every replica.
const None LoadBalancing = "none"

// Function is a typed endpoint: In is parsed from the request, Out is written to the response.
type Function struct {
	Host           string
	Method         string
	Route          string
	In             any
	Out            any
	RequiredClaims string
	TimeBudget     time.Duration
	LoadBalancing  LoadBalancing
}

// URL is the full URL of the endpoint.
func (d Function) URL() string { return httpx.JoinHostAndPath(d.Host, d.Route) }

// Web is an endpoint that handles HTTP requests as they are.
type Web struct {
	Host           string
	Method         string
	Route          string
	RequiredClaims string
	TimeBudget     time.Duration
	LoadBalancing  LoadBalancing
}

// URL is the full URL of the endpoint.
func (d Web) URL() string { return httpx.JoinHostAndPath(d.Host, d.Route) }

// Task is a step of a workflow.
type Task struct {
	Host           string
	Method         string
	Route          string
	In             any
	Out            any
	RequiredClaims string
	TimeBudget     time.Duration
	LoadBalancing  LoadBalancing
}

// Workflow is an endpoint that returns a graph of tasks.
type Workflow struct {
	Host           string
	Method         string
	Route          string
	In             any
	Out            any
	RequiredClaims string
	TimeBudget     time.Duration
	LoadBalancing  LoadBalancing
}

// OutboundEvent is an event that the microservice triggers on its own hostname.
type OutboundEvent struct {
	Host   string
	Method string
	Route  string
	In     any
	Out    any
}

// InboundEvent is another microservice's event that this one handles.
type InboundEvent struct {
	Source OutboundEvent
}
