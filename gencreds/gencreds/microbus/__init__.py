"""Bundles, microservices, endpoints and calls, read from Go syntax. Knows nothing of NATS."""
