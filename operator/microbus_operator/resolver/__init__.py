"""The account resolver: serves account JWTs to nats-server's URL resolver."""
