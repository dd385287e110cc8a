"""The commands: run, resolver, crds, and kubectl-microbus."""
