// Package connector is the base of every microservice: it puts it on the bus.
package connector

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/microbus-io/fabric/sub"
)

// Deployment environments.
const (
	PROD    string = "PROD"    // PROD is production
	LAB     string = "LAB"     // LAB is every other shared environment
	LOCAL   string = "LOCAL"   // LOCAL is a developer's machine
	TESTING string = "TESTING" // TESTING is an automated test
)

// StartupHandler is called when a microservice starts or stops.
type StartupHandler func(ctx context.Context) error

// Connector is one replica of a microservice.
type Connector struct {
	hostname    string
	id          string
	description string
	version     int
	invalid     error // of what was set before the startup

	environment environment
	log         *slog.Logger
	onStartup   []StartupHandler
	onShutdown  []StartupHandler

	started  atomic.Bool
	lifetime context.Context
	end      context.CancelFunc
	serving  sync.WaitGroup

	lock      sync.Mutex
	bus       *bus
	endpoints []*endpoint
	release   []func() // of the control endpoints and the replies
	exchanges map[string]*exchange
}

type endpoint struct {
	*sub.Subscription
	handler sub.HTTPHandler
	release []func()
}

var hostnames = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*$`)

// New is a microservice of that hostname, not started.
func New(hostname string) *Connector {
	c := &Connector{
		hostname:    strings.ToLower(hostname),
		id:          "id-" + strings.ToLower(rand.Text()[:10]),
		environment: readEnvironment(),
		exchanges:   map[string]*exchange{},
	}
	c.log = newLogger(c.environment.deployment).With("host", c.hostname, "id", c.id)
	reserved := c.hostname == "all" || strings.HasSuffix(c.hostname, ".all") ||
		strings.HasPrefix(c.hostname, "id-") || strings.HasPrefix(c.hostname, "loc-")
	if reserved || !hostnames.MatchString(c.hostname) {
		c.invalid = fmt.Errorf("hostname %q is not valid", hostname)
	}
	return c
}

// Hostname is the name by which others reach the microservice.
func (c *Connector) Hostname() string { return c.hostname }

// ID tells the replicas of a microservice apart. As the first label of the hostname, it addresses this one alone.
func (c *Connector) ID() string { return c.id }

// Plane is the first segment of every subject.
func (c *Connector) Plane() string { return c.environment.plane }

// Deployment is one of PROD, LAB, LOCAL and TESTING.
func (c *Connector) Deployment() string { return c.environment.deployment }

// Description says for people what the microservice is.
func (c *Connector) Description() string { return c.description }

// SetDescription sets the description.
func (c *Connector) SetDescription(description string) { c.description = description }

// Version is the version of the microservice's API.
func (c *Connector) Version() int { return c.version }

// SetVersion sets the version.
func (c *Connector) SetVersion(version int) { c.version = version }

// SetOnStartup adds a function to call before the microservice serves anything.
func (c *Connector) SetOnStartup(handler StartupHandler) { c.onStartup = append(c.onStartup, handler) }

// SetOnShutdown adds a function to call once the microservice serves nothing new.
func (c *Connector) SetOnShutdown(handler StartupHandler) {
	c.onShutdown = append(c.onShutdown, handler)
}

// IsStarted tells whether the microservice serves its endpoints.
func (c *Connector) IsStarted() bool { return c.started.Load() }

// Lifetime ends when the microservice has shut down.
func (c *Connector) Lifetime() context.Context { return c.lifetime }

// LogInfo logs what went as it should.
func (c *Connector) LogInfo(ctx context.Context, msg string, args ...any) {
	c.log.InfoContext(ctx, msg, args...)
}

// LogError logs what needs attention.
func (c *Connector) LogError(ctx context.Context, msg string, args ...any) {
	c.log.ErrorContext(ctx, msg, args...)
}
