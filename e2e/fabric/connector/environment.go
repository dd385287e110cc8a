package connector

import (
	"log/slog"
	"net/url"
	"os"
	"strings"
)

// environment is what the process' environment says of the bus.
type environment struct {
	nats         string // the URL; empty: no broker at all
	plane        string
	deployment   string
	shortCircuit bool
}

func readEnvironment() environment {
	e := environment{
		nats:         os.Getenv("MICROBUS_NATS"),
		plane:        os.Getenv("MICROBUS_PLANE"),
		deployment:   strings.ToUpper(os.Getenv("MICROBUS_DEPLOYMENT")),
		shortCircuit: true,
	}
	switch strings.ToLower(os.Getenv("MICROBUS_SHORT_CIRCUIT")) {
	case "0", "false":
		e.shortCircuit = false
	}
	if e.nats == "" && !e.shortCircuit {
		e.nats = "nats://127.0.0.1:4222"
	}
	if e.plane == "" {
		e.plane = "microbus"
	}
	if e.deployment == "" {
		e.deployment = PROD
		if isLocal(e.nats) {
			e.deployment = LOCAL
		}
	}
	return e
}

func isLocal(broker string) bool {
	if broker == "" {
		return true
	}
	u, err := url.Parse(broker)
	return err == nil && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1")
}

func newLogger(deployment string) *slog.Logger {
	if deployment == PROD || deployment == LAB {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}
