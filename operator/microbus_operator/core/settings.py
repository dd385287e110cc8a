"""What the operator is told at start, as far as decisions depend on it."""

from __future__ import annotations

from dataclasses import dataclass

from microbus_operator.core.network import SERVICES, Network

# Seconds after which every kubelet has brought a Secret's new contents into its pods: its sync period and the age of
# what it caches, a minute each (pitfall N11).
KUBELET_BOUND = 120


@dataclass(frozen=True)
class Settings:
    """`resolver_url` is the base that nats-server appends an account's public key to, with its trailing slash."""

    resolver_url: str
    cluster_domain: str = "cluster.local"
    minimum_nats_version: str = "2.14.2"
    compare_every: float = 15.0
    kubelet_bound: int = KUBELET_BOUND
    network: Network = SERVICES
