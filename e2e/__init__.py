"""End-to-end stories on the kind cluster that `make cluster` brings up."""
