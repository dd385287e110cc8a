"""The only importer of `nats`: the system account's connection to a Plane's servers."""
