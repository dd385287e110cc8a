package connector

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/microbus-io/fabric/pub"
)

// GET requests by that method.
func (c *Connector) GET(ctx context.Context, url string) (*http.Response, error) {
	return c.Request(ctx, pub.GET(url))
}

// POST requests by that method, with a body.
func (c *Connector) POST(ctx context.Context, url string, body any) (*http.Response, error) {
	return c.Request(ctx, pub.POST(url), pub.Body(body))
}

// PUT requests by that method, with a body.
func (c *Connector) PUT(ctx context.Context, url string, body any) (*http.Response, error) {
	return c.Request(ctx, pub.PUT(url), pub.Body(body))
}

// DELETE requests by that method.
func (c *Connector) DELETE(ctx context.Context, url string) (*http.Response, error) {
	return c.Request(ctx, pub.DELETE(url))
}

// Parallel runs the jobs at the same time, waits for all of them, and returns their errors.
func (c *Connector) Parallel(ctx context.Context, jobs ...func(ctx context.Context) (err error)) error {
	failures := make([]error, len(jobs))
	var running sync.WaitGroup
	for i, job := range jobs {
		running.Go(func() { failures[i] = job(ctx) })
	}
	running.Wait()
	return errors.Join(failures...)
}

// Go runs the job beside, for as long as the microservice lives.
func (c *Connector) Go(ctx context.Context, job func(ctx context.Context) (err error)) error {
	c.serving.Go(func() {
		if err := job(c.lifetime); err != nil {
			c.LogError(ctx, "Job failed", "error", err)
		}
	})
	return nil
}
