// upstream: misses: clients in containers, fields and function values.
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

type Named = targetapi.Client

type embedded struct {
	targetapi.Client
}

func (svc *Service) Run(ctx context.Context) {
	clients := map[string]targetapi.Client{}
	clients["a"] = targetapi.NewClient(svc)
	elsewhere.Use(targetapi.NewClient(svc)) // want finding unfollowed-client
	make := targetapi.NewClient
	make(svc).Save(ctx)     // want call POST target.golden:444/save
	c := targetapi.Client{} // want finding unfollowed-client
	c.Save(ctx)
	var list []targetapi.Client
	for _, each := range list {
		each.Save(ctx) // want call POST target.golden:444/save
	}
	get := func() targetapi.Client {
		return targetapi.NewClient(svc)
	}
	get().Save(ctx) // want call POST target.golden:444/save
	svc.ch <- targetapi.NewClient(svc)
	func(c targetapi.Client) {
		c.Seal(ctx) // want call POST target.golden:666/seal
	}(targetapi.NewClient(svc))
}

func variadic(clients ...targetapi.Client) {}
