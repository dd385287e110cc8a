"""Observed states for the core: small by default, every part replaceable. Keys are real and follow from a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any

from gencreds.nats.claims import AccountClaims, OperatorClaims
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed
from gencreds.report import Finding, Grant, Report, ServiceReport
from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core import names
from microbus_operator.core.account_keys import ACCOUNT
from microbus_operator.core.accounts import operator_claims, plane_account_claims, system_account_claims
from microbus_operator.core.actions import Apply
from microbus_operator.core.app_workload import deployment
from microbus_operator.core.drift import stamped
from microbus_operator.core.keys import AccountKey, KeyObservation, KeyRef, KeyState, SigningKey
from microbus_operator.core.observed import (
    AppObserved,
    BrokerObservation,
    BundleReading,
    Connection,
    CredsObservation,
    PlaneMember,
    PlaneObserved,
    PodSeen,
    PublishedAccount,
    PublishedAccounts,
    ServerHolding,
    Trouble,
)
from microbus_operator.core.plane import decide_plane
from microbus_operator.core.plane_keys import OPERATOR, OPERATOR_SIGNING, ROLES, SYSTEM, SYSTEM_SIGNING
from microbus_operator.core.settings import Settings

NOW = 1_800_000_000
LIFE = 30 * 24 * 3600
SETTINGS = Settings(resolver_url="http://resolver.example:8080/jwt/v1/accounts/")
DIGEST = "sha256:" + "a" * 64
IMAGE = f"registry.example/shop@{DIGEST}"
APP_KEY = "app-signing"
NO_BROKER = BrokerObservation(trouble=Trouble("NatsUnavailable", "no answer", passing=True))


@cache
def seed(name: str, kind: KeyKind = KeyKind.ACCOUNT) -> Seed:
    """The seed of that name and kind, always the same."""
    return Seed(sha256(f"{kind}{name}".encode()).digest(), kind)


def public(name: str, kind: KeyKind = KeyKind.ACCOUNT) -> str:
    """The public key of `seed`."""
    return seed(name, kind).public_key


def user(name: str) -> str:
    """A user's public key."""
    return public(name, KeyKind.USER)


def plane(*, status: Mapping[str, Any] | None = None, spec: Mapping[str, Any] | None = None, **meta: Any) -> Plane:
    """A Plane `prod` of one server, with our finalizer."""
    metadata = {"name": "prod", "namespace": "infra", "uid": "plane-uid", "generation": 1}
    return Plane.model_validate(
        {
            "metadata": {**metadata, "finalizers": [names.FINALIZER], **meta},
            "spec": {"plane": "prod", "nats": {"replicas": 1, "image": "nats"}, **(spec or {})},
            "status": {**recorded_status(), **(status or {})},
        }
    )


def recorded_status() -> dict[str, Any]:
    """What a Plane's status records of its keys."""
    return {
        "operatorPublicKey": public(OPERATOR, KeyKind.OPERATOR),
        "systemAccountPublicKey": public(SYSTEM),
        "accountPublicKey": public(ACCOUNT),
        "signingKeys": [{"app": "infra/shop", "publicKey": public(APP_KEY)}],
    }


def new_plane(**meta: Any) -> Plane:
    """A Plane that nothing has been recorded of yet."""
    made = plane(**meta)
    return made.model_copy(update={"status": type(made.status)()})


def app(
    *,
    name: str = "shop",
    namespace: str = "infra",
    status: Mapping[str, Any] | None = None,
    spec: Mapping[str, Any] | None = None,
    **meta: Any,
) -> MicrobusApp:
    """A MicrobusApp of one bundle `main`, with our finalizer and its signing key recorded."""
    metadata = {"name": name, "namespace": namespace, "uid": f"{name}-uid", "generation": 1}
    metadata["creationTimestamp"] = "2026-01-01T00:00:00Z"
    return MicrobusApp.model_validate(
        {
            "metadata": {**metadata, "finalizers": [names.FINALIZER], **meta},
            "spec": {
                "planeRef": {"name": "prod", "namespace": "infra"},
                "bundles": [{"name": "main", "image": "registry.example/shop:1"}],
                **(spec or {}),
            },
            "status": {"signingKey": public(APP_KEY), **(status or {})},
        }
    )


def key(role: str, state: KeyState = KeyState.PRESENT, *, name: str = "", problem: str = "") -> KeyObservation:
    """A key of that role as observed; `name` is whose it is where it is not the role's own."""
    kind = ROLES.get(role, KeyKind.ACCOUNT)
    found = public(name or role, kind) if state is KeyState.PRESENT else None
    return KeyObservation(KeyRef("infra", f"prod-{role}-1", kind, role), state, found, problem, f"{role}-uid")


def signing_key(state: KeyState = KeyState.PRESENT, *, name: str = APP_KEY, place: int = 1, **more: Any) -> SigningKey:
    """The app's signing key at one of its places; `name` is whose it is."""
    found = public(name) if state is KeyState.PRESENT else None
    ref = KeyRef("infra", f"prod-{APP_KEY}-{place}", KeyKind.ACCOUNT, APP_KEY)
    problem = more.pop("problem", "")
    return SigningKey(KeyObservation(ref, state, found, problem, f"{APP_KEY}-{place}-uid"), **more)


def signing_keys(*made: SigningKey) -> tuple[SigningKey, ...]:
    """Both places: what is in them, and the first key where nothing else is said."""
    found = made or (signing_key(),)
    taken = {key.key.ref.secret[-1] for key in found}
    empty = (signing_key(KeyState.ABSENT, place=place) for place in (1, 2) if str(place) not in taken)
    return tuple(sorted((*found, *empty), key=lambda key: key.key.ref.secret))


def keys(**states: KeyState) -> dict[str, KeyObservation]:
    """A Plane's own keys, all present but for those named (with _ for -)."""
    return {role: key(role, states.get(role.replace("-", "_"), KeyState.PRESENT)) for role in ROLES}


def account_jwt(
    signing: Iterable[str] = (APP_KEY,), revocations: Mapping[str, int] | None = None, at: int = NOW - 100
) -> str:
    """The Plane's account JWT."""
    claims = plane_account_claims(plane(), public(ACCOUNT), map(public, signing), revocations or {})
    return encode(claims, seed(OPERATOR_SIGNING, KeyKind.OPERATOR), issued_at=at)


def published(
    signing: Iterable[str] = (APP_KEY,), revocations: Mapping[str, int] | None = None, at: int = NOW - 100
) -> PublishedAccounts:
    """The accounts' ConfigMap as a settled Plane has it."""
    signer = seed(OPERATOR_SIGNING, KeyKind.OPERATOR)
    claims: list[AccountClaims] = [
        system_account_claims(public(SYSTEM), public(SYSTEM_SIGNING)),
        plane_account_claims(plane(), public(ACCOUNT), map(public, signing), revocations or {}),
    ]
    accounts = {
        item.subject: PublishedAccount(encode(item, signer, issued_at=at), item, signer.public_key, at)
        for item in claims
    }
    said = operator_said()
    jwt = encode(said, seed(OPERATOR, KeyKind.OPERATOR), issued_at=at)
    return PublishedAccounts("7", "accounts-uid", jwt, said, accounts)


def operator_said() -> OperatorClaims:
    """The operator JWT's claims as a settled Plane has them."""
    identity, signing = public(OPERATOR, KeyKind.OPERATOR), public(OPERATOR_SIGNING, KeyKind.OPERATOR)
    return operator_claims(plane(), identity, signing, public(SYSTEM), SETTINGS.minimum_nats_version)


def broker(
    held: PublishedAccounts | None = None, connections: Iterable[Connection] = (), servers: int = 1
) -> BrokerObservation:
    """Servers that hold what `held` publishes."""
    jwts = {name: account.jwt for name, account in (held or published()).accounts.items()}
    return BrokerObservation(
        tuple(ServerHolding(f"prod-nats-{i}", f"N{i}", "2.15.1", jwts, 2) for i in range(servers)), tuple(connections)
    )


def connection(name: str, signer: str = APP_KEY, **more: Any) -> Connection:
    """A connection of the user of that name."""
    return Connection("prod-nats-0", user(name), public(signer), name, **{"server_id": "N0", **more})


def pod(name: str, ip: str, **more: Any) -> PodSeen:
    """A pod of bundle `main` that has been ready for long."""
    return PodSeen(name, **{"bundle": "main", "uid": f"{name}-uid", "ip": ip, "ready_at": NOW - 3600, **more})


def member(of: MicrobusApp | None = None, *made: SigningKey, allowed: bool = True) -> PlaneMember:
    """An app of the Plane, with what is in the places of its signing keys."""
    return PlaneMember(of or app(), allowed, signing_keys(*made))


def plane_observed(**parts: Any) -> PlaneObserved:
    """A Plane with keys, JWTs and a broker that holds them, but without its objects (see `settled_plane`)."""
    defaults: dict[str, Any] = {
        "plane": plane(),
        "keys": keys(),
        "members": (member(),),
        "published": published(),
        "served": None,
        "broker": broker(parts.get("published")),
        "objects": {},
    }
    said = {**defaults, **parts}
    said.setdefault("accounts", (AccountKey(said["keys"][ACCOUNT]),))
    return PlaneObserved(**said)


def service(hostname: str = "orders.example", pub: Iterable[str] = (), sub: Iterable[str] = (), **more: Any) -> Any:
    """One microservice of a report."""
    own = hostname.replace(".", "_")
    allowed = tuple(pub) or (f"prod.safe.443.{own}.other_example.~.GET.x",)
    grants = tuple(Grant("pub", subject, "call") for subject in allowed)
    subscribed = tuple(sub) or (f"prod.safe.443.*.{own}.~.GET.x",)
    return ServiceReport(hostname, f"services/{hostname}", allowed, subscribed, grants, **more)


def blocking(rule: str = "unresolved-host") -> tuple[Finding, ...]:
    """Findings that block."""
    return (Finding(rule, "blocking", "the host cannot be followed", "orders/service.go", 12),)


def reading(*services: ServiceReport) -> BundleReading:
    """A bundle whose image holds that source."""
    return BundleReading(DIGEST, IMAGE, "sha256:" + "b" * 64, "DigestBound", Report(services or (service(),)))


def creds(name: str = "orders-1", of: ServiceReport | None = None, **more: Any) -> CredsObservation:
    """A microservice's Secret as issued for `of` by the app's signing key; `name` is its user key's."""
    said = of or service()
    defaults: dict[str, Any] = {
        "resource_version": "3",
        "uid": f"{name}-uid",
        "public_key": user(name),
        "issuer": public(APP_KEY),
        "issuer_account": public(ACCOUNT),
        "issued_at": NOW - 100,
        "expires_at": NOW - 100 + LIFE,
        "pub": tuple(said.pub),
        "sub": tuple(said.sub),
    }
    return CredsObservation(**{**defaults, **more})


def app_observed(**parts: Any) -> AppObserved:
    """An app with a key in the account and credentials, but without its Deployment (see `settled_app`)."""
    defaults: dict[str, Any] = {
        "app": app(),
        "plane": plane(),
        "namespace_labels": {},
        "others": (),
        "readings": {"main": reading()},
        "signing_keys": signing_keys(),
        "published": published(),
        "served": None,
        "broker": broker(parts.get("published")),
        "creds": {"orders.example": creds()},
        "deployments": {},
        "account_key": public(ACCOUNT),
        "accounts": (AccountKey(key(ACCOUNT)),),
    }
    return AppObserved(**{**defaults, **parts})


def settled_plane(**parts: Any) -> PlaneObserved:
    """A Plane that has everything: its objects are what the decision applied."""
    bare = plane_observed(**parts)
    applied = decide_plane(replace(bare, objects={}), SETTINGS, NOW).actions
    objects = {
        (action.manifest["kind"], action.manifest["metadata"]["name"]): stamped(action.manifest)
        for action in applied
        if isinstance(action, Apply)
    }
    return replace(bare, objects=objects)


def rolled_out(manifest: Mapping[str, Any], **status: Any) -> dict[str, Any]:
    """A Deployment as Kubernetes returns it when all its pods run."""
    count = manifest["spec"]["replicas"]
    said = {"observedGeneration": 1, "replicas": count, "updatedReplicas": count}
    said |= {"readyReplicas": count, "availableReplicas": count}
    made = stamped(manifest)
    return {**made, "metadata": {**made["metadata"], "uid": "d-uid", "generation": 1}, "status": {**said, **status}}


def workload_of(observed: AppObserved, bundle: str = "main") -> dict[str, Any]:
    """The Deployment of a bundle, rolled out with the credentials that `observed` has."""
    (wanted,) = [item for item in observed.app.spec.bundles if item.name == bundle]
    held = {name: item.public_key or "" for name, item in observed.creds.items()}
    return rolled_out(deployment(observed.app, observed.plane or plane(), wanted, IMAGE, held))


def settled_app(**parts: Any) -> AppObserved:
    """An app that has everything: credentials, and a Deployment that runs with them."""
    bare = app_observed(**parts)
    return bare if "deployments" in parts else replace(bare, deployments={"main": workload_of(bare)})
