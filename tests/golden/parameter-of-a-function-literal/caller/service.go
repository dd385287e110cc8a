// upstream: misses parameters of function literals.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) {
	func(client targetapi.Client) {
		client.Save(ctx) // want call POST target.golden:444/save
	}(targetapi.NewClient(svc))
}
