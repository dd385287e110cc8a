"""How a Plane's servers are reached: by the names of Services in a cluster; the local mode says otherwise.

Part of the settings: decisions write these addresses into configurations, environments and statuses, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.nats_config import CLIENT_PORT, CLUSTER_PORT, Listeners


class Network(Protocol):
    """Where a Plane's servers listen, and under which addresses others find them."""

    @property
    def listeners(self) -> Listeners:
        """What the configuration says; a server's command line may say otherwise."""

    def client_url(self, plane: Plane) -> str:
        """What `MICROBUS_NATS` is set to: one URL, or several with commas between."""

    def routes(self, plane: Plane) -> tuple[str, ...]:
        """`host:port` of each server's cluster listener."""


def server_names(plane: Plane) -> tuple[str, ...]:
    """The names of the servers that there should be: their pods'."""
    return tuple(f"{names.nats(plane.metadata.name)}-{ordinal}" for ordinal in range(plane.spec.nats.replicas))


@dataclass(frozen=True)
class ServiceNetwork:
    """In a cluster: each pod has an address of its own, and Services give it a name."""

    @property
    def listeners(self) -> Listeners:
        """Each pod's own address, on NATS' usual ports."""
        return Listeners()

    def client_url(self, plane: Plane) -> str:
        """By the Service of the servers."""
        return f"nats://{names.nats(plane.metadata.name)}.{plane.metadata.namespace}.svc:{CLIENT_PORT}"

    def routes(self, plane: Plane) -> tuple[str, ...]:
        """By each pod's stable DNS name."""
        peers = f"{names.nats_peers(plane.metadata.name)}.{plane.metadata.namespace}.svc"
        return tuple(f"{server}.{peers}:{CLUSTER_PORT}" for server in server_names(plane))


SERVICES = ServiceNetwork()
