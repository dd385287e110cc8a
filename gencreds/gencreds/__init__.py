"""Derives each Microbus microservice's NATS permissions from its Go source, and signs its credentials."""
