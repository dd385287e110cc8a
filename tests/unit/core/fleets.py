"""The small world with nodes and clients in it: replicas that roll one by one, late files, and nats.go's rule.

A Deployment's pods are replaced as Kubernetes does it: a new one starts, and when it is connected an old one goes. What
a pod has mounted is brought up to date when the node gets to it, and a client reads it only when it connects. A client
that two of its servers' refusals have told the same closes for good: it is deaf, and only its pod's end ends that.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Self

from microbus_operator.core import actions as do
from microbus_operator.core.network import server_names
from microbus_operator.core.observed import BrokerObservation, Connection, ServerHolding, Trouble
from microbus_operator.core.settings import PACE

from .builders import rolled_out
from .worlds import Credential, World, _files

# What a client is told twice before it closes for good (pitfall N9).
REFUSALS = 2


@dataclass
class Client:
    """A microservice's client in a pod: the file that its pod has, the connection that it has."""

    hostname: str
    secret: str
    file: Credential
    server: str | None = None
    credential: Credential | None = None
    is_deaf: bool = False


@dataclass
class Replica:
    """A pod of a Deployment, of one generation of its template."""

    deployment: str
    generation: int
    clients: list[Client]

    @property
    def is_ready(self) -> bool:
        """Whether every microservice in it is connected."""
        return all(client.credential is not None for client in self.clients)


@dataclass
class Fleet(World):
    """`away` are servers that are cut off. Where `is_late`, the next pod starts with files that were replaced since.

    `issued` are all user keys that ever were in a Secret, each with the Secret; `before` is what it held before.
    """

    replicas: list[Replica] = field(default_factory=list)
    is_late: bool = False
    issued: dict[str, str] = field(default_factory=dict)
    before: dict[str, Credential] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    choose: random.Random = field(default_factory=lambda: random.Random(1))

    def copy(self) -> Self:
        """As the world's; replicas and clients change in place, so they are copied too."""
        own = super().copy()
        own.replicas = [replace(item, clients=[replace(client) for client in item.clients]) for item in self.replicas]
        own.away, own.choose = set(self.away), random.Random(1)
        return own

    # What the operator sees.

    def broker(self) -> BrokerObservation:
        here = {name: jwts for name, jwts in self.servers.items() if name not in self.away}
        if not here:
            return BrokerObservation(trouble=Trouble("NatsUnavailable", "no server", passing=True))
        held = tuple(ServerHolding(name, name, "2.15.1", dict(jwts)) for name, jwts in sorted(here.items()))
        connected = tuple(
            Connection(
                client.server,
                client.credential.public_key,
                client.credential.issuer,
                client.hostname,
                account=client.credential.issuer_account,
            )
            for client in self.clients()
            if client.credential is not None and client.server in here
        )
        return BrokerObservation(held, connected)

    def clients(self) -> Iterator[Client]:
        """All of them."""
        return (client for replica in self.replicas for client in replica.clients)

    # What the operator does.

    def _issue(self, action: do.IssueUser) -> None:
        if action.secret in self.credentials:
            self.before[action.secret] = self.credentials[action.secret]
        super()._issue(action)
        self.changed[action.secret] = self.now
        self.issued[self.credentials[action.secret].public_key] = action.secret

    # What the cluster does, in small steps.

    def tick(self) -> None:
        """All small steps that there are, until there are none."""
        self.resolve()
        while self.node_step():
            pass
        self.pods = {
            (replica.deployment, client.hostname): client.credential
            for replica in self.replicas
            for client in replica.clients
            if client.credential is not None
        }

    def resolve(self) -> None:
        """The resolver looks, and servers that there are to be are there."""
        pods, deployments = self.pods, self.deployments
        self.deployments, self.pods = {}, {}
        super().tick()
        self.deployments, self.pods = deployments, pods

    def node_step(self) -> bool:
        """One step of one Deployment; False where there is nothing to do."""
        for replica in list(self.replicas):
            if replica.deployment not in self.deployments:
                self.replicas.remove(replica)
                return True
        for name, found in sorted(self.deployments.items()):
            if self.servers and self._replaced(name, found):
                return True
        again = [self._reconnect(client) for client in self.clients() if client.credential is None]
        return any(again)

    def _replaced(self, name: str, found: dict[str, Any]) -> bool:
        generation, wanted = found["metadata"]["generation"], found["spec"]["replicas"]
        mine = [replica for replica in self.replicas if replica.deployment == name]
        new = [replica for replica in mine if replica.generation == generation]
        old = [replica for replica in mine if replica.generation != generation]
        if len(new) < wanted and all(replica.is_ready for replica in new):
            return self._start(name, found)
        if old and sum(replica.is_ready for replica in new) > wanted - len(old):
            self.replicas.remove(old[0])
            return True
        complete = rolled_out(found)["status"] | {"observedGeneration": generation}
        ready = sum(replica.is_ready for replica in mine)
        status = complete | {
            "replicas": len(mine),
            "updatedReplicas": len(new),
            "readyReplicas": ready,
            "availableReplicas": ready,
        }
        if found["status"] != status:
            self.deployments[name] = {**found, "status": status}
            return True
        return False

    def _start(self, name: str, found: dict[str, Any]) -> bool:
        clients = []
        for hostname, secret in _files(found).items():
            credential = self.credentials.get(secret)
            if credential is None:
                return False  # kubelet waits for it
            may_be_late = self.is_late and self.now < self.changed.get(secret, 0) + PACE.kubelet_bound
            file = self.before.get(secret, credential) if may_be_late else credential
            clients.append(Client(hostname, secret, file))
        self.is_late = False
        replica = Replica(name, found["metadata"]["generation"], clients)
        self.replicas.append(replica)
        for client in clients:
            self._reconnect(client)
        return True

    def bring_files(self, *, all_of_them: bool = True) -> None:
        """Nodes get to some or all of the files that are not up to date."""
        for client in self.clients():
            if all_of_them or self.choose.random() < 0.5:
                client.file = self.credentials.get(client.secret, client.file)

    def pass_time(self, seconds: int) -> None:
        """Seconds pass; files that are old enough are in the pods by then, wherever a kubelet was."""
        self.now += seconds
        for client in self.clients():
            if abs(self.now - self.changed.get(client.secret, self.now)) >= PACE.kubelet_bound:
                client.file = self.credentials.get(client.secret, client.file)

    # Clients and servers.

    def _reconnect(self, client: Client) -> bool:
        """A client tries its servers in turn; True where it is connected or has closed for good by that."""
        if client.is_deaf:
            return False
        here = sorted(set(self.servers) - self.away)
        refusals = 0
        for server in here * REFUSALS:
            self._load(server, client.file)
            if self.lets_in(server, client.file):
                client.server, client.credential = server, client.file
                return True
            refusals += 1
        if refusals >= REFUSALS:
            client.is_deaf = True
            if client.file.public_key not in self.wanted_dead():
                self.wrong.append(f"{client.hostname} closed for good: {client.file.public_key} was refused twice")
            return True
        return False

    def _load(self, server: str, credential: Credential) -> None:
        """A server that has not loaded an account asks the resolver for it."""
        entry = f"{credential.issuer_account}.jwt"
        if credential.issuer_account not in self.servers[server] and entry in self.served:
            self.servers[server][credential.issuer_account] = self.served[entry]

    def evict(self) -> None:
        """Servers throw out whom the account does not let in any more; these try again at once."""
        for client in self.clients():
            if client.credential is None or client.server is None:
                continue
            if not self.lets_in(client.server, client.credential):
                is_asked_for = client.credential.public_key in self.wanted_dead()
                if not is_asked_for and client.file.public_key == client.credential.public_key:
                    self.wrong.append(f"{client.hostname} is thrown out and has no other file")
                client.server = client.credential = None
                self._reconnect(client)

    def wanted_dead(self) -> set[str | None]:
        """User keys that people want dead, or that are of apps which go."""
        going = {app.metadata.uid for app in self.apps.values() if app.metadata.is_deleting}
        kept = {app.metadata.uid for app in self.apps.values()}
        gone = {item.public_key for item in self.credentials.values() if item.owner in going or item.owner not in kept}
        return self.leaked() | gone

    def restart_server(self, server: str) -> None:
        """It forgets, its clients go to another or come back to it."""
        self.servers[server] = {}
        for client in self.clients():
            if client.server == server:
                client.server = client.credential = None
                self._reconnect(client)

    def restart_servers(self) -> None:
        """All of them, one after the other."""
        for server in sorted(self.servers):
            self.restart_server(server)

    def cut_off(self, server: str) -> None:
        """A network partition: the operator and new clients do not reach it; its clients stay."""
        if self.plane is not None and server in server_names(self.plane):
            self.away.add(server)
