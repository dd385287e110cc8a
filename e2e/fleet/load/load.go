// Package load has the microservices of the fleet make requests at a steady pace, and tells what became of them.
//
// It prints a line of JSON each second, and the last one when the process ends: how many requests were answered and how
// many failed since the start, the first failures in words, and how long the slowest took.
package load

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Environment variables, Go durations: the time between two requests of a microservice, and how long at most a process
// waits before it starts, as one whose files come late.
const (
	everyVariable = "FLEET_EVERY"
	lateVariable  = "FLEET_LATE"
)

// mostTold is how many failures are kept in words.
const mostTold = 20

// counts are what is told.
type counts struct {
	Answered int      `json:"answered"`
	Failed   int      `json:"failed"`
	Failures []string `json:"failures,omitempty"`
	Slowest  float64  `json:"slowestMs"`
}

var (
	lock    sync.Mutex
	all     counts
	started atomic.Int64 // microservices that make requests
)

// Driver makes the requests of one microservice.
type Driver struct {
	stop chan struct{}
	done chan struct{}
}

// NewDriver is a driver that has not started.
func NewDriver() *Driver {
	return &Driver{make(chan struct{}), make(chan struct{})}
}

// Start makes requests until Stop, once isStarted says that the microservice is on the bus.
func (d *Driver) Start(name string, isStarted func() bool, call func(ctx context.Context) error) {
	every := stated(everyVariable, time.Second)
	go func() {
		defer close(d.done)
		for !isStarted() {
			if !d.pause(10 * time.Millisecond) {
				return
			}
		}
		started.Add(1)
		for d.pause(time.Duration(float64(every) * (0.5 + rand.Float64()))) {
			begun := time.Now()
			count(name, call(context.Background()), time.Since(begun))
		}
	}()
}

// Stop ends it, and returns when the last request has been answered.
func (d *Driver) Stop() {
	close(d.stop)
	<-d.done
}

func (d *Driver) pause(t time.Duration) (goOn bool) {
	select {
	case <-d.stop:
		return false
	case <-time.After(t):
		return true
	}
}

func stated(variable string, fallback time.Duration) time.Duration {
	if found, err := time.ParseDuration(os.Getenv(variable)); err == nil && found > 0 {
		return found
	}
	return fallback
}

func count(name string, err error, took time.Duration) {
	lock.Lock()
	defer lock.Unlock()
	all.Slowest = max(all.Slowest, float64(took.Microseconds())/1000)
	if err == nil {
		all.Answered++
		return
	}
	all.Failed++
	if len(all.Failures) < mostTold {
		all.Failures = append(all.Failures, time.Now().UTC().Format("15:04:05.000 ")+name+": "+err.Error())
	}
}

// Serve answers kubelet's readiness probe on port 8080, ready once all microservices are, and tells each second. It returns
// when the process is to start.
func Serve(microservices int64) {
	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if started.Load() < microservices {
			http.Error(w, "starting", http.StatusServiceUnavailable)
		}
	})
	go func() { _ = http.ListenAndServe(":8080", nil) }()
	go func() {
		for range time.Tick(time.Second) {
			Tell()
		}
	}()
	time.Sleep(time.Duration(rand.Float64() * float64(stated(lateVariable, 0))))
}

// Tell prints the counts.
func Tell() {
	lock.Lock()
	defer lock.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(all)
}
