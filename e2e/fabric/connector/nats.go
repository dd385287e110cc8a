package connector

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"sync"

	"github.com/nats-io/nats.go"
)

// natsConnection is a connection that microservices with the same files share.
//
// nats.go's defaults hold: it reconnects 60 times, 2 s apart, reads the creds again each time, and gives up after two
// equal authentication errors. Nothing here notices that it gave up: the process stays, and its requests fail.
type natsConnection struct {
	*nats.Conn
	key   [sha256.Size]byte
	users int
}

var connections = struct {
	lock  sync.Mutex
	byKey map[[sha256.Size]byte]*natsConnection
}{byKey: map[[sha256.Size]byte]*natsConnection{}}

// artifacts are paths of files in the working directory; one that is not there is empty.
type artifacts struct {
	creds, ca, cert, key string
}

func findArtifacts(hostname string) artifacts {
	find := func(name string) string {
		for _, candidate := range []string{hostname + "_" + name, name} {
			if info, err := os.Stat(candidate); err == nil && !info.IsDir() {
				return candidate
			}
		}
		return ""
	}
	return artifacts{creds: find("nats.creds"), ca: find("ca.pem"), cert: find("cert.pem"), key: find("key.pem")}
}

func (a artifacts) hash(url string) (key [sha256.Size]byte, err error) {
	text := []byte(url)
	for _, path := range []string{a.creds, a.ca, a.cert, a.key} {
		text = append(text, 0)
		if path != "" {
			content, err := os.ReadFile(path)
			if err != nil {
				return key, err
			}
			text = append(text, content...)
		}
	}
	return sha256.Sum256(text), nil
}

func connect(hostname, url string, log *slog.Logger) (*natsConnection, error) {
	files := findArtifacts(hostname)
	key, err := files.hash(url)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	connections.lock.Lock()
	defer connections.lock.Unlock()
	if shared := connections.byKey[key]; shared != nil {
		shared.users++
		return shared, nil
	}
	options := append(files.options(), loggingTo(log)...)
	conn, err := nats.Connect(url, append(options, nats.Name(hostname))...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS at %s: %w", url, err)
	}
	log.Info("Connected to NATS", "url", conn.ConnectedUrlRedacted())
	opened := &natsConnection{Conn: conn, key: key, users: 1}
	connections.byKey[key] = opened
	return opened, nil
}

func (a artifacts) options() (options []nats.Option) {
	if a.creds != "" {
		options = append(options, nats.UserCredentials(a.creds))
	}
	if a.ca != "" {
		options = append(options, nats.RootCAs(a.ca))
	}
	if a.cert != "" && a.key != "" {
		options = append(options, nats.ClientCert(a.cert, a.key))
	}
	return options
}

var quoted = regexp.MustCompile(`"([^"]+)"`)

func loggingTo(log *slog.Logger) []nats.Option {
	return []nats.Option{
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err == nil {
				log.Info("Disconnected from NATS") // by ourselves
				return
			}
			log.Error("Disconnected from NATS", "error", err.Error())
		}),
		nats.ReconnectHandler(func(conn *nats.Conn) {
			log.Info("Reconnected to NATS", "url", conn.ConnectedUrlRedacted())
		}),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) {
			subject := ""
			if match := quoted.FindStringSubmatch(err.Error()); match != nil {
				subject = match[1]
			} else if s != nil {
				subject = s.Subject
			}
			log.Error("NATS error", "error", err.Error(), "subject", subject)
		}),
	}
}

// subscribe returns what takes the subscription back, and counts in leaving until what the broker had sent by then has
// been received.
func (n *natsConnection) subscribe(
	pattern, queue string, receive receiver, leaving *sync.WaitGroup,
) (unsubscribe func() error, err error) {
	handler := func(msg *nats.Msg) { receive(msg.Subject, msg.Data) }
	var s *nats.Subscription
	if queue == "" {
		s, err = n.Subscribe(pattern, handler)
	} else {
		s, err = n.QueueSubscribe(pattern, queue, handler)
	}
	if err != nil {
		return nil, err
	}
	return func() error {
		leaving.Add(1)
		left := sync.OnceFunc(leaving.Done)
		s.SetClosedHandler(func(string) { left() })
		err := s.Drain()
		if err != nil {
			left()
		}
		return err
	}, nil
}

// release closes the connection once nobody shares it any more.
func (n *natsConnection) release() {
	connections.lock.Lock()
	defer connections.lock.Unlock()
	if n.users--; n.users == 0 {
		delete(connections.byKey, n.key)
		// An error here is that of a broker that is gone already.
		_ = n.FlushTimeout(drainTime / 8)
		n.Close()
	}
}
