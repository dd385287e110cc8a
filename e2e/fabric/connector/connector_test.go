package connector

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/microbus-io/fabric/pub"
	"github.com/microbus-io/fabric/sub"
)

// started is a running replica, without a broker, that serves what subscribe says.
func started(t *testing.T, hostname string, subscribe func(c *Connector)) *Connector {
	t.Helper()
	t.Setenv("MICROBUS_NATS", "")
	t.Setenv("MICROBUS_SHORT_CIRCUIT", "1")
	c := New(hostname)
	subscribe(c)
	if err := c.Startup(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func nothing(*Connector) {}

func says(text string) sub.HTTPHandler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func body(t *testing.T, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestARequestBringsPathArgumentsBodyAndTheVerifiedCaller(t *testing.T) {
	started(t, "callee.test", func(c *Connector) {
		c.Subscribe("Echo", func(w http.ResponseWriter, r *http.Request) error {
			sent, err := io.ReadAll(r.Body)
			_, _ = fmt.Fprintf(w, "%s %s %s %s", r.Header.Get(headerFromHost), r.PathValue("a"), r.PathValue("rest"), sent)
			return err
		}, sub.At("POST", ":444/echo/{a}/{rest...}"))
	})
	caller := started(t, "caller.test", nothing)
	res, err := caller.Request(t.Context(),
		pub.POST("https://callee.test:444/echo/x/y/z"), pub.Body("hello"), pub.Header(headerFromHost, "forged.test"))
	if got := body(t, res, err); got != "caller.test x y/z hello" {
		t.Errorf("got %q", got)
	}
}

func TestAnErrorOrPanicReachesTheCaller(t *testing.T) {
	c := started(t, "failing.test", func(c *Connector) {
		c.Subscribe("Fail", func(http.ResponseWriter, *http.Request) error { return errors.New("out of mugs") }, sub.At("GET", "/fail"))
		c.Subscribe("Panic", func(http.ResponseWriter, *http.Request) error { panic("spilt") }, sub.At("GET", "/panic"))
	})
	for path, want := range map[string]string{"fail": "out of mugs", "panic": "spilt"} {
		if _, err := c.Request(t.Context(), pub.GET("https://failing.test/"+path)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAMulticastReachesEachReplicaWithoutAQueueAndOneOfAQueue(t *testing.T) {
	var replicas []*Connector
	for range 3 {
		replicas = append(replicas, started(t, "many.test", func(c *Connector) {
			c.Subscribe("All", says("all"), sub.At("GET", "/all"), sub.NoQueue())
			c.Subscribe("One", says("one"), sub.At("GET", "/one"))
		}))
	}
	for path, want := range map[string]int{"all": 3, "one": 1} {
		answers := 0
		for answer := range replicas[0].Publish(t.Context(), pub.GET("https://many.test/"+path)) {
			res, err := answer.Get()
			if got := body(t, res, err); got != path {
				t.Errorf("got %q", got)
			}
			answers++
		}
		if answers != want {
			t.Errorf("%s: %d answers", path, answers)
		}
	}
}

func TestAReplicaIsAddressedByItsID(t *testing.T) {
	var replicas []*Connector
	for range 3 {
		replicas = append(replicas, started(t, "many.test", func(c *Connector) {
			c.Subscribe("Me", says(c.ID()), sub.At("GET", "/me"))
		}))
	}
	for _, replica := range replicas {
		res, err := replicas[0].Request(t.Context(), pub.GET("https://"+replica.ID()+".many.test/me"))
		if got := body(t, res, err); got != replica.ID() {
			t.Errorf("%s answered for %s", got, replica.ID())
		}
	}
}

func TestEveryMicroserviceAnswersAPingToAll(t *testing.T) {
	asking := started(t, "one.test", nothing)
	started(t, "two.test", nothing)
	hosts := map[string]bool{}
	for answer := range asking.Publish(t.Context(), pub.GET("https://all:888/ping")) {
		res, err := answer.Get()
		body(t, res, err)
		hosts[res.Header.Get(headerFromHost)] = true
	}
	if len(hosts) != 2 {
		t.Errorf("got %v", hosts)
	}
}

func TestNothingIsServedAfterTheShutdown(t *testing.T) {
	asking := started(t, "asking.test", nothing)
	gone := started(t, "gone.test", func(c *Connector) { c.Subscribe("Here", says("here"), sub.At("GET", "/here")) })
	res, err := asking.Request(t.Context(), pub.GET("https://gone.test/here"))
	if got := body(t, res, err); got != "here" {
		t.Errorf("got %q", got)
	}
	if err := gone.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := asking.Request(t.Context(), pub.GET("https://gone.test/here")); !errors.Is(err, errNobody) {
		t.Errorf("got %v", err)
	}
}

func TestAHostnameThatAddressesSomethingElseIsRefused(t *testing.T) {
	for _, hostname := range []string{"all", "x.all", "id-1.test", "loc-eu.test", "with_underscore", "", "two words"} {
		if err := New(hostname).Startup(t.Context()); err == nil {
			t.Errorf("%q started", hostname)
		}
	}
}
