// upstream: misses routes outside intermediate.go.
package caller

import (
	"context"
	"net/http"

	"github.com/microbus-io/fabric/sub"

	"golden.example/caller/callerapi"
)

type Service struct {
	*Intermediate
	queue *queue
}

func (svc *Service) OnStartup(ctx context.Context, opts []sub.Option) error {
	svc.Subscribe("Danger", svc.doDanger, sub.At(callerapi.Danger.Method, callerapi.Danger.Route)) // want route POST caller.golden:666/danger
	svc.Subscribe("Literal", svc.Literal, sub.At("GET", "//literal.golden/x"))                     // want route GET literal.golden:443/x
	svc.queue.Subscribe("topic", svc.onMessage)
	return nil
}

func (svc *Service) doDanger(w http.ResponseWriter, r *http.Request) error { return nil }

func (svc *Service) Literal(w http.ResponseWriter, r *http.Request) error { return nil }

func (svc *Service) onMessage(message string) {}

// queue is not the bus.
type queue struct{}

func (*queue) Subscribe(topic string, handler func(message string)) {}
