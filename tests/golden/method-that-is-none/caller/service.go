// upstream: misses the rule, silently.
package caller

import (
	"context"

	"github.com/microbus-io/fabric/pub"

	"golden.example/target/targetapi"
)

type Service struct {
	*Intermediate
}

// A dot in a method would be two segments of a subject.
func (svc *Service) Run(ctx context.Context, url string) {
	targetapi.NewClient(svc).WithOptions(pub.Method("GET.orders")).Seal(ctx) // want finding invalid-route
	svc.Request(ctx, pub.Method("a/b"), pub.URL(url))                        // want finding invalid-route
}
