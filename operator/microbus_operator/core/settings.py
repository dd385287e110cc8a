"""What the operator is told at start, as far as decisions depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from microbus_operator.core.network import SERVICES, Network


class Pace(NamedTuple):
    """Seconds that others need.

    `kubelet_bound`: after it every kubelet has brought a Secret's new contents into its pods, its sync period and the
    age of what it caches being a minute each (pitfall N11). `deaf_after`: a client that has no connection for so long
    while the brokers are well has given up, since nats.go tries each server again every two seconds. `back_within`: a
    client that was thrown out of an account which was replaced is in the new one.
    """

    kubelet_bound: int = 120
    deaf_after: int = 30
    back_within: int = 10


PACE = Pace()


@dataclass(frozen=True)
class Settings:
    """`resolver_url` is the base that nats-server appends an account's public key to, with its trailing slash."""

    resolver_url: str
    cluster_domain: str = "cluster.local"
    minimum_nats_version: str = "2.14.2"
    compare_every: float = 15.0
    pace: Pace = PACE
    network: Network = SERVICES
