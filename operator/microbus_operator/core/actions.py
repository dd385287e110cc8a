"""Actions as values: what the core wants done. `kube.perform` and `nats.perform` do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gencreds.nats.claims import AccountClaims, OperatorClaims
from microbus_operator.core.keys import KeyRef

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class MintKey:
    """Create a key's Secret, once and immutable; an existing one is left as it is."""

    key: KeyRef
    labels: Mapping[str, str]
    reason: str
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountToSign:
    """Claims that differ from what is published, and the `iat` of the JWT they replace: an `iat` only grows."""

    claims: AccountClaims
    not_before: int


@dataclass(frozen=True)
class PublishAccounts:
    """Sign what changed and write the accounts' ConfigMap, in one request.

    `operator` is None where the published operator JWT stays. `kept` are the entries that stay as they are.
    `resource_version` is the ConfigMap's as observed, empty where there is none yet, so that a second writer fails
    instead of undoing the first.
    """

    config_map: tuple[str, str]
    labels: Mapping[str, str]
    resource_version: str
    operator: OperatorClaims | None
    operator_not_before: int
    operator_signer: KeyRef
    accounts: tuple[AccountToSign, ...]
    account_signer: KeyRef
    kept: Mapping[str, str] = field(repr=False)
    reason: str


@dataclass(frozen=True)
class IssueUser:
    """Mint a user key, sign its permissions and write the `.creds` into the microservice's Secret.

    `annotations` carry the issuance (grants' hash, previous keys); `life` is in seconds, 0 for ever; `replaces` is the
    observed resource version of the Secret that is replaced, empty where there is none.
    """

    hostname: str
    namespace: str
    secret: str
    owner: Mapping[str, str]
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    pub: tuple[str, ...] = field(repr=False)
    sub: tuple[str, ...] = field(repr=False)
    issuer_account: str
    signer: KeyRef
    issued_after: int
    life: int
    replaces: str
    reason: str


@dataclass(frozen=True)
class Annotate:
    """Set annotations of a Secret of ours (null removes), leaving its data as it is."""

    namespace: str
    secret: str
    annotations: Mapping[str, str | None]
    reason: str


@dataclass(frozen=True)
class Apply:
    """Server-side apply a manifest."""

    manifest: Manifest
    reason: str


@dataclass(frozen=True)
class Roll:
    """Set annotations of the pod template of a workload that is not ours, the one of that uid, and nothing else."""

    kind: str
    namespace: str
    name: str
    uid: str
    annotations: Mapping[str, str]
    reason: str


@dataclass(frozen=True)
class Delete:
    """Delete an object that is provably ours, its observed uid being a precondition; a missing one is done already."""

    kind: str
    namespace: str
    name: str
    uid: str
    reason: str


@dataclass(frozen=True)
class SetFinalizer:
    """Put our finalizer on an object, or take it off when all is torn down."""

    kind: str
    namespace: str
    name: str
    present: bool


@dataclass(frozen=True)
class PushAccount:
    """Push an account JWT to the servers that hold another one, and have each confirm it."""

    account: str
    jwt: str = field(repr=False)
    servers: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Kick:
    """Close one connection of the user `user`, so that its client connects anew. One that is gone is no error."""

    server: str
    cid: int
    user: str
    reason: str


@dataclass(frozen=True)
class Evict:
    """Have a pod, the one of that uid, replaced by its workload, as far as its disruption budget lets it."""

    namespace: str
    pod: str
    uid: str
    reason: str


KubeAction = MintKey | PublishAccounts | IssueUser | Annotate | Apply | Roll | Delete | SetFinalizer
NatsAction = PushAccount | Kick
Action = KubeAction | NatsAction | Evict


@dataclass(frozen=True)
class Decision:
    """What the core decided: actions in order, the status to report, when to look again (seconds; None: as ever)."""

    actions: tuple[Action, ...]
    status: Any
    look_again: float | None = None
