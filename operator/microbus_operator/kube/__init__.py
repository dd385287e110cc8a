"""The only importer of `kubernetes`: observe the cluster, perform actions on it."""
