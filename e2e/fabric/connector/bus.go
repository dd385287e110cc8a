package connector

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"

	"github.com/microbus-io/fabric/internal/subjects"
)

// receiver takes a message. It must not block.
type receiver func(subject string, data []byte)

// bus carries a microservice's messages: inside the process where it can and may, over the broker otherwise.
type bus struct {
	local  *localBus // nil: no short-circuit
	remote *natsConnection

	leaving sync.WaitGroup // subscriptions that were taken back and may still receive
}

var errNobody = errors.New("no microservice in this process serves it, and there is no broker")

func openBus(hostname string, e environment, log *slog.Logger) (*bus, error) {
	b := &bus{}
	if e.shortCircuit {
		b.local = inProcess
	}
	if e.nats == "" {
		log.Info("Using short-circuit only")
		return b, nil
	}
	var err error
	b.remote, err = connect(hostname, e.nats, log)
	return b, err
}

func (b *bus) publish(subject string, data []byte, multicast bool) error {
	// The broker brings a multicast to those in this process, too.
	if b.local != nil && (b.remote == nil || !multicast) && b.local.publish(subject, data) {
		return nil
	}
	if b.remote == nil {
		return errNobody
	}
	return b.remote.Publish(subject, data)
}

func (b *bus) subscribe(pattern, queue string, receive receiver) (func() error, error) {
	leaveBroker, leaveProcess := func() error { return nil }, func() {}
	if b.remote != nil {
		var err error
		if leaveBroker, err = b.remote.subscribe(pattern, queue, receive, &b.leaving); err != nil {
			return nil, err
		}
	}
	if b.local != nil {
		leaveProcess = b.local.subscribe(pattern, queue, receive)
	}
	return func() error {
		leaveProcess()
		return leaveBroker()
	}, nil
}

// flush waits until the broker knows the subscriptions. One that is gone meanwhile learns them when it is back.
func (b *bus) flush() {
	if b.remote != nil {
		_ = b.remote.FlushTimeout(ackTime)
	}
}

func (b *bus) close() {
	if b.remote != nil {
		b.remote.release()
	}
}

// inProcess connects the microservices of this process.
var inProcess = &localBus{}

type localBus struct {
	lock      sync.Mutex
	listeners []*listener
}

type listener struct {
	pattern string
	queue   string
	receive receiver
}

// publish delivers to all listeners without a queue and to one of each queue, and tells whether there was any.
func (b *localBus) publish(subject string, data []byte) bool {
	b.lock.Lock()
	var chosen []*listener
	queues := map[string][]*listener{}
	for _, l := range b.listeners {
		switch {
		case !subjects.Matches(l.pattern, subject):
		case l.queue == "":
			chosen = append(chosen, l)
		default:
			queues[l.queue] = append(queues[l.queue], l)
		}
	}
	b.lock.Unlock()
	for _, members := range queues {
		chosen = append(chosen, members[rand.IntN(len(members))])
	}
	for _, l := range chosen {
		l.receive(subject, data)
	}
	return len(chosen) > 0
}

func (b *localBus) subscribe(pattern, queue string, receive receiver) (leave func()) {
	l := &listener{pattern, queue, receive}
	b.lock.Lock()
	defer b.lock.Unlock()
	b.listeners = append(b.listeners, l)
	return func() {
		b.lock.Lock()
		defer b.lock.Unlock()
		for i, other := range b.listeners {
			if other == l {
				b.listeners = append(b.listeners[:i:i], b.listeners[i+1:]...)
				return
			}
		}
	}
}
