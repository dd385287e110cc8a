"""One look at the world, as values: what `kube`, `nats` and `source` saw. No seed is ever among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from gencreds.nats.claims import AccountClaims, OperatorClaims
from gencreds.report import Report
from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core.actions import Manifest
from microbus_operator.core.config_files import ConfigFiles
from microbus_operator.core.keys import AccountKey, KeyObservation, SigningKey


@dataclass(frozen=True)
class Trouble:
    """Why something could not be seen or used: a condition's reason and message.

    `passing` is true for the weather (a registry that does not answer): it is tried again by itself.
    """

    reason: str
    message: str
    passing: bool = False


@dataclass(frozen=True)
class PublishedAccount:
    """An account JWT of the accounts' ConfigMap, decoded and verified."""

    jwt: str = field(repr=False)
    claims: AccountClaims
    issuer: str
    issued_at: int


@dataclass(frozen=True)
class PublishedAccounts:
    """The accounts' ConfigMap. `trouble` where it exists but cannot be used."""

    resource_version: str = ""
    uid: str = ""
    operator_jwt: str | None = field(default=None, repr=False)
    operator: OperatorClaims | None = None
    accounts: Mapping[str, PublishedAccount] = field(default_factory=dict)
    trouble: Trouble | None = None
    operator_issued_at: int = 0


@dataclass(frozen=True)
class Served:
    """What the resolvers serve: `trouble` where not every one serves what is published, `instead` the JWTs that some
    serve in its place, by account.
    """

    trouble: Trouble | None = None
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class ServerHolding:
    """What one server answers: for each account that it has loaded the JWT it holds, and how many clients."""

    name: str
    id: str
    version: str
    accounts: Mapping[str, str] = field(default_factory=dict, repr=False)
    connections: int = 0


@dataclass(frozen=True)
class Connection:
    """A client's connection as CONNZ gives it. `age` is in seconds, by the server's own clock; `issued_at` and
    `expires_at` are its credentials', in unix seconds.
    """

    server: str
    user: str
    issuer: str
    name: str
    server_id: str = ""
    cid: int = 0
    ip: str = ""
    port: int = 0
    age: int = 0
    issued_at: int | None = None
    expires_at: int | None = None
    account: str = ""


@dataclass(frozen=True)
class PodSeen:
    """A pod of a bundle. `ready_at` is since when it is ready (unix seconds), None where it is not.

    `ports` are those that its connections come from, where its address is not its own (a laptop's processes).
    """

    name: str
    bundle: str
    uid: str = ""
    ip: str = ""
    ready_at: int | None = None
    is_deleting: bool = False
    ports: frozenset[int] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it counts: it serves, and is not on its way out."""
        return self.ready_at is not None and not self.is_deleting

    def has(self, ip: str, port: int) -> bool:
        """Whether a connection from there may be of this pod."""
        return bool(ip) and ip == self.ip and (self.ports is None or port in self.ports)


@dataclass(frozen=True)
class BrokerObservation:
    """The brokers through the system account; `trouble` where they could not be asked. `system_user` is the public key
    of the user that asked.
    """

    servers: tuple[ServerHolding, ...] = ()
    connections: tuple[Connection, ...] = ()
    trouble: Trouble | None = None
    system_user: str | None = None

    def differing(self, account: str, jwt: str) -> tuple[str, ...]:
        """Servers that hold another JWT of the account than `jwt`; one that has not loaded it will fetch the right
        one.
        """
        return tuple(server.id for server in self.servers if server.accounts.get(account, jwt) != jwt)

    def missing(self, expected: Iterable[str]) -> tuple[str, ...]:
        """Names of servers that there should be and that did not answer: what they hold, and who is on them, is
        unknown.
        """
        return tuple(sorted(set(expected) - {server.name for server in self.servers}))

    def signed_by(self, signing_key: str) -> int:
        """How many connections there are, on all servers together, of users that the key signed."""
        return sum(connection.issuer == signing_key for connection in self.connections)

    def issued_before(self, time: int) -> int:
        """How many connections there are of users issued before `time` (unix seconds), or nobody knows when."""
        return sum(each.issued_at is None or each.issued_at < time for each in self.connections)

    def holding_user(self, public_key: str) -> int:
        """How many connections the user key has, on all servers together."""
        return sum(connection.user == public_key for connection in self.connections)


@dataclass(frozen=True)
class PlaneMember:
    """An app as its Plane sees it: whether its signing keys belong into the account, and what it wants revoked.

    `signing_keys` are those for the active account, `other_keys` those for the one that is to take its place. `creds`
    are its microservices' credentials, while that goes on.
    """

    app: MicrobusApp
    allowed: bool
    signing_keys: tuple[SigningKey, ...]
    other_keys: tuple[SigningKey, ...] = ()
    creds: Mapping[str, CredsObservation] = field(default_factory=dict)

    def keys_for(self, account: int) -> tuple[SigningKey, ...]:
        """Its signing keys for a generation of the account."""
        return tuple(each for each in (*self.signing_keys, *self.other_keys) if each.account == account)


@dataclass(frozen=True)
class PlaneObserved:
    """All that a Plane's decision rests on.

    `keys` are the Plane's own by role, with the active account's identity; `accounts` are all places for identities.
    `served` says why not every resolver serves the accounts' JWTs, `served_instead` which ones they do, by account.
    `unwatched` are apps on record in namespaces that are not watched; `watches_all` that there are no such namespaces.
    """

    plane: Plane
    keys: Mapping[str, KeyObservation]
    members: tuple[PlaneMember, ...]
    published: PublishedAccounts
    served: Trouble | None
    broker: BrokerObservation
    objects: Mapping[tuple[str, str], Manifest]
    unwatched: frozenset[str] = frozenset()
    served_instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    watches_all: bool = True
    accounts: tuple[AccountKey, ...] = ()


@dataclass(frozen=True)
class BundleReading:
    """What a bundle's image holds: its digest and gencreds' report on its source, or why there is none."""

    digest: str | None = None
    reference: str | None = None
    source_digest: str | None = None
    trust: str | None = None
    report: Report | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True)
class CredsObservation:
    """A microservice's Secret that exists: ours and decoded, ours but `invalid`, or a stranger's (`foreign`).

    `generation` is the app's `spec.credentials.generation` that it was issued for. `previous` are the keys that it
    replaced and when each was issued, `previous_signers` who signed for them, as far as that is known. `reason` is why
    it was issued; with `is_delivered` the present key was seen in every pod, without a rollout.
    """

    resource_version: str = ""
    uid: str = ""
    public_key: str | None = None
    issuer: str | None = None
    issuer_account: str | None = None
    issued_at: int = 0
    expires_at: int | None = None
    pub: tuple[str, ...] = field(default=(), repr=False)
    sub: tuple[str, ...] = field(default=(), repr=False)
    previous: Mapping[str, int] = field(default_factory=dict)
    foreign: Trouble | None = None
    invalid: str = ""
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    generation: int = 1
    previous_signers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    is_delivered: bool = False


@dataclass(frozen=True)
class AppObserved:
    """All that an app's decision rests on.

    `account_key` is the public key of the account that credentials are issued for, one of `accounts`.
    `signing_keys` are both places for it, none without a Plane; `other_keys` are those for other accounts.
    `deployments` are the workloads by bundle: our Deployments, those of bundles that the spec no longer has too, or the
    existing ones that the spec names. `superseded` are our Deployments of bundles that name an existing one by now.
    `configs` are what lies beside the credentials, by bundle.
    """

    app: MicrobusApp
    plane: Plane | None
    namespace_labels: Mapping[str, str]
    others: tuple[MicrobusApp, ...]
    readings: Mapping[str, BundleReading]
    signing_keys: tuple[SigningKey, ...]
    published: PublishedAccounts
    served: Trouble | None
    broker: BrokerObservation
    creds: Mapping[str, CredsObservation]
    deployments: Mapping[str, Manifest]
    configs: Mapping[str, tuple[ConfigFiles, ...]] = field(default_factory=dict)
    superseded: Mapping[str, Manifest] = field(default_factory=dict)
    pods: tuple[PodSeen, ...] = ()
    account_key: str = ""
    accounts: tuple[AccountKey, ...] = ()
    other_keys: tuple[SigningKey, ...] = ()

    @property
    def account(self) -> PublishedAccount | None:
        """The account that credentials are issued for, as it is published."""
        return self.published.accounts.get(self.account_key)

    def reading(self, bundle: str) -> BundleReading:
        """What a bundle's image holds. One that was not read is a trouble: "no data" is not "needs nothing" (pitfall
        D3).
        """
        unread = Trouble("SourcePending", f"bundle {bundle}: its source has not been read yet", passing=True)
        found = self.readings.get(bundle, BundleReading(trouble=unread))
        if found.report is None or found.trouble is not None or found.report.services:
            return found
        message = f"bundle {bundle}: its source has no microservices; see spec.bundles[].main and the image's source"
        return replace(found, trouble=Trouble("NoMicroservices", message))
