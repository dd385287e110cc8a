// upstream: misses clients that go where it does not look.
// does not compile: it uses a module that cannot be had.
package caller

import (
	"context"
	"example.com/elsewhere"
	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

type Named = targetapi.Client // want finding unfollowed-client

type embedded struct {
	targetapi.Client // want finding unfollowed-client
}

func (svc *Service) Run(ctx context.Context) {
	clients := map[string]targetapi.Client{} // want finding unfollowed-client
	clients["a"] = targetapi.NewClient(svc)  // want finding unfollowed-client
	elsewhere.Use(targetapi.NewClient(svc))  // want finding unfollowed-client
	make := targetapi.NewClient              // want finding unfollowed-client
	make(svc).Save(ctx)
	c := targetapi.Client{} // want finding unfollowed-client
	c.Save(ctx)
	var list []targetapi.Client // want finding unfollowed-client
	for _, each := range list {
		each.Save(ctx)
	}
	get := func() targetapi.Client {
		return targetapi.NewClient(svc) // want finding unfollowed-client
	}
	get().Save(ctx)
	svc.ch <- targetapi.NewClient(svc) // want finding unfollowed-client
	func(c targetapi.Client) {
		c.Seal(ctx) // want call POST target.golden:666/seal
	}(targetapi.NewClient(svc)) // want finding unfollowed-client
}

func variadic(clients ...targetapi.Client) {} // want finding unfollowed-client
