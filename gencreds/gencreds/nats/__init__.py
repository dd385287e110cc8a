"""NKeys, claims, JWTs and .creds text, as NATS defines them. Used by the operator too."""
