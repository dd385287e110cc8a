// Package crowd holds many connections that one user key may have, and tells when they end.
//
// It prints {"open":n} once all are open, and {"closed":n,"first":ms,"last":ms} in unix milliseconds once none is. What a
// server hung up on is not tried again by nats.go's own means: for some seconds another connection is tried with the same
// file every 20 ms, and {"again":n} tells how many of those a server let in.
package crowd

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// Hold takes the URLs of the servers with commas between, how many connections there are to be, and the creds file.
func Hold(arguments []string) {
	urls, creds := strings.Split(arguments[0], ","), arguments[2]
	count, err := strconv.Atoi(arguments[1])
	if err != nil {
		panic(err)
	}
	var lock sync.Mutex
	var first, last int64
	var closing sync.WaitGroup
	closing.Add(count)
	closed := func(*nats.Conn) {
		lock.Lock()
		last = time.Now().UnixMilli()
		if first == 0 {
			first = last
		}
		lock.Unlock()
		closing.Done()
	}
	places := make(chan struct{}, 50)
	var opening sync.WaitGroup
	for i := range count {
		opening.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			open(urls[i%len(urls)], creds, closed)
		})
	}
	opening.Wait()
	tell(map[string]int64{"open": int64(count)})
	closing.Wait()
	tell(map[string]int64{"closed": int64(count), "first": first, "last": last})
	again := int64(0)
	for range 100 {
		for _, url := range urls {
			if conn, err := nats.Connect(url, nats.UserCredentials(creds), nats.NoReconnect()); err == nil {
				again++
				conn.Close()
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	tell(map[string]int64{"again": again})
}

func open(url, creds string, closed nats.ConnHandler) {
	for {
		_, err := nats.Connect(
			url, nats.Name("crowd"), nats.UserCredentials(creds), nats.NoReconnect(), nats.ClosedHandler(closed),
			nats.IgnoreDiscoveredServers(), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
		)
		if err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func tell(line map[string]int64) { _ = json.NewEncoder(os.Stdout).Encode(line) }
