// Package application runs microservices together in one process.
package application

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/microbus-io/fabric/service"
)

// Environment variables that bound how long all microservices together may take, as Go durations.
const (
	startupBudgetVariable  = "MICROBUS_STARTUP_TIME_BUDGET"
	shutdownBudgetVariable = "MICROBUS_SHUTDOWN_TIME_BUDGET"
)

// Application is a collection of microservices with one life cycle.
type Application struct {
	groups  [][]service.Service
	started [][]service.Service
}

// New is an application without microservices.
func New() *Application { return &Application{} }

// Add adds a group of microservices, which start in parallel, after the groups before it.
func (app *Application) Add(services ...service.Service) {
	app.groups = append(app.groups, services)
}

// Run starts the microservices, waits for SIGINT or SIGTERM, and stops them in the reverse order.
// It returns at once with an error if a microservice cannot start.
func (app *Application) Run() error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)

	starting, cancel := context.WithTimeout(context.Background(), budget(startupBudgetVariable, 120*time.Second))
	err := app.startup(starting)
	cancel()
	if err == nil {
		<-signals
	}
	stopping, cancel := context.WithTimeout(context.Background(), budget(shutdownBudgetVariable, 24*time.Second))
	defer cancel()
	return errors.Join(err, app.shutdown(stopping))
}

func (app *Application) startup(ctx context.Context) error {
	for _, group := range app.groups {
		failures := inParallel(group, func(svc service.Service) error { return svc.Startup(ctx) })
		var running []service.Service
		for i, err := range failures {
			if err == nil {
				running = append(running, group[i])
			}
		}
		app.started = append(app.started, running)
		if err := errors.Join(failures...); err != nil {
			return err
		}
	}
	return nil
}

func (app *Application) shutdown(ctx context.Context) error {
	var failures []error
	for len(app.started) > 0 {
		last := len(app.started) - 1
		group := app.started[last]
		app.started = app.started[:last]
		failures = append(failures, inParallel(group, func(svc service.Service) error { return svc.Shutdown(ctx) })...)
	}
	return errors.Join(failures...)
}

func inParallel(group []service.Service, act func(svc service.Service) error) []error {
	failures := make([]error, len(group))
	var acting sync.WaitGroup
	for i, svc := range group {
		acting.Go(func() {
			if err := act(svc); err != nil {
				failures[i] = fmt.Errorf("%s: %w", svc.Hostname(), err)
			}
		})
	}
	acting.Wait()
	return failures
}

func budget(variable string, fallback time.Duration) time.Duration {
	if stated, err := time.ParseDuration(os.Getenv(variable)); err == nil && stated > 0 {
		return stated
	}
	return fallback
}
