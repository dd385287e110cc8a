"""A small world in memory for the core's decisions: an API server, a resolver, brokers and pods, as states.

It interprets actions as the real ones do, and it keeps watch: a pod that a server refuses or throws out, a key that is
referred to before its Secret exists, a revocation that is undone are all written down as `wrong`. `writes_left` makes
it stop before a write, as a crash would.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache, partial
from typing import Any, Self

from gencreds.nats.claims import EVERY_KEY, AccountClaims, OperatorClaims
from gencreds.nats.jwt import Decoded, decode, encode
from gencreds.nats.nkeys import KeyKind, Seed
from gencreds.report import Report, ServiceReport
from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.core import actions as do
from microbus_operator.core import names
from microbus_operator.core.account_keys import (
    ACCOUNT,
    KNOWN_ANNOTATION,
    REPLACED_ANNOTATION,
    account_refs,
    active,
    coming,
    is_tombstone,
    target,
    with_tombstones,
)
from microbus_operator.core.app import decide_app, is_allowed
from microbus_operator.core.compaction import read as read_noted
from microbus_operator.core.drift import stamped
from microbus_operator.core.issuing import (
    DELIVERED_ANNOTATION,
    GENERATION_ANNOTATION,
    PREVIOUS_ANNOTATION,
    PREVIOUS_SIGNERS_ANNOTATION,
    REASON_ANNOTATION,
)
from microbus_operator.core.keys import AccountKey, KeyObservation, KeyRef, KeyState, SigningKey
from microbus_operator.core.network import server_names
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
from microbus_operator.core.plane_keys import key_refs
from microbus_operator.core.settings import PACE
from microbus_operator.core.signing_keys import (
    MADE_FOR_ANNOTATION,
    REPLACES_ANNOTATION,
    REVOKED_ANNOTATION,
    places,
)

from .builders import DIGEST, IMAGE, NOW, SETTINGS, rolled_out

MOST_STEPS, MOST_ROUNDS = 20, 40
_NOWHERE = KeyRef("", "", KeyKind.ACCOUNT, ACCOUNT)


class Crash(Exception):
    """The operator ends here."""


@cache
def read(token: str, kind: KeyKind) -> Decoded:
    """A JWT, verified once."""
    return decode(token, kind)


def account_claims(token: str) -> AccountClaims:
    """The claims of an account's JWT."""
    claims = read(token, KeyKind.ACCOUNT).claims
    assert isinstance(claims, AccountClaims)
    return claims


@dataclass(frozen=True)
class Credential:
    """What a microservice's Secret holds, and what its pod presents."""

    hostname: str
    public_key: str
    issuer: str
    issuer_account: str
    issued_at: int
    expires_at: int | None
    pub: tuple[str, ...]
    sub: tuple[str, ...]
    annotations: Mapping[str, str]
    owner: str
    version: int


@dataclass
class World:
    """All there is. `sources` are the microservices of each image."""

    plane: Plane | None
    apps: dict[str, MicrobusApp]
    sources: dict[str, tuple[ServiceReport, ...] | None]
    now: int = NOW
    version: int = 0
    writes: int = 0
    writes_left: int | None = None
    seeds: dict[str, Seed] = field(default_factory=dict)
    ever: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    entries: dict[str, str] = field(default_factory=dict)
    entries_version: int = 0
    served: dict[str, str] = field(default_factory=dict)
    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    deployments: dict[str, dict[str, Any]] = field(default_factory=dict)
    credentials: dict[str, Credential] = field(default_factory=dict)
    servers: dict[str, dict[str, str]] = field(default_factory=dict)
    pods: dict[tuple[str, str], Credential] = field(default_factory=dict)
    began: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    # Credentials that kubelets have not replaced yet, and when they were: pods that start meanwhile get them.
    is_lagging: bool = False
    stale: dict[str, tuple[int, Credential]] = field(default_factory=dict)
    revoked: dict[str, int] = field(default_factory=dict)
    backup: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    noted: dict[str, dict[str, str]] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    signers: dict[str, str] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    latest: int = NOW
    # What each server's configuration is since it last started, and which keys ever signed for each account.
    configs: dict[str, str] = field(default_factory=dict)
    ever_inside: dict[str, set[str]] = field(default_factory=dict)

    def copy(self) -> Self:
        """The same state, to go on from separately. Values in it are never changed in place; seeds are shared."""
        own: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            own[item.name] = type(value)(value) if isinstance(value, dict | list | set) else value
        own["servers"] = {name: dict(jwts) for name, jwts in self.servers.items()}
        own["ever_inside"] = {account: set(keys) for account, keys in self.ever_inside.items()}
        return type(self)(**own)

    # What the operator sees.

    def key(self, ref: KeyRef) -> KeyObservation:
        seed = self.seeds.get(ref.secret)
        if seed is None:
            return KeyObservation(ref, KeyState.ABSENT)
        return KeyObservation(ref, KeyState.PRESENT, seed.public_key, uid=ref.secret)

    def account_keys(self, plane: Plane) -> tuple[AccountKey, ...]:
        return with_tombstones(
            [self.account_key(ref, number) for number, ref in enumerate(account_refs(plane), 1)],
            (account.claims for account in self.published().accounts.values()),
        )

    def account_key(self, ref: KeyRef, generation: int) -> AccountKey:
        noted = self.noted.get(ref.secret, {})
        return AccountKey(
            self.key(ref),
            generation,
            is_known=noted.get(KNOWN_ANNOTATION) == "true",
            replaced_by=noted.get(REPLACED_ANNOTATION, ""),
            made_at=int(noted.get("made at", "0")),
        )

    def signing_keys(self, app: MicrobusApp, plane: Plane, account: int = 1) -> tuple[SigningKey, ...]:
        return tuple(self.signing_key(ref, account) for ref in places(app, plane, account))

    def signing_key(self, ref: KeyRef, account: int = 1) -> SigningKey:
        noted, key = self.noted.get(ref.secret, {}), self.key(ref)
        if key.state is KeyState.ABSENT:
            return SigningKey(key, account=account)
        revoked, ends = read_noted(noted.get(REVOKED_ANNOTATION, ""))
        of_plane, _, of_app = noted.get(MADE_FOR_ANNOTATION, "1/1").partition("/")
        return SigningKey(
            key,
            generation=int(noted.get(names.KEY_GENERATION_LABEL, "1")),
            made_for=(int(of_plane), int(of_app)),
            made_at=int(noted.get("made at", "0")),
            replaced_by=noted.get(REPLACED_ANNOTATION, ""),
            replaces=frozenset(noted.get(REPLACES_ANNOTATION, "").split()),
            revoked=revoked,
            ends=ends,
            account=account,
        )

    def published(self) -> PublishedAccounts:
        accounts, operator, jwt = {}, None, None
        for entry, token in self.entries.items():
            if entry == "operator.jwt":
                jwt, said = token, read(token, KeyKind.OPERATOR).claims
                operator = said if isinstance(said, OperatorClaims) else None
                continue
            decoded, claims = read(token, KeyKind.ACCOUNT), account_claims(token)
            accounts[claims.subject] = PublishedAccount(token, claims, decoded.issuer, decoded.issued_at)
        version = str(self.entries_version) if self.entries else ""
        return PublishedAccounts(version, "accounts", jwt, operator, accounts)

    def not_served(self) -> Trouble | None:
        # Of the operator's JWT the resolver takes the newest that it has seen, and nobody asks it for that.
        wanted = {entry: token for entry, token in self.entries.items() if entry != "operator.jwt"}
        return (
            None
            if wanted.items() <= self.served.items()
            else Trouble("ResolverBehind", "it has not looked, or knows newer ones", passing=True)
        )

    def served_instead(self) -> dict[str, tuple[str, ...]]:
        other = {entry: token for entry, token in self.served.items() if token != self.entries.get(entry)}
        return {entry.removesuffix(".jwt"): (token,) for entry, token in other.items() if entry != "operator.jwt"}

    def broker(self) -> BrokerObservation:
        if not self.servers:
            return BrokerObservation(trouble=Trouble("NatsUnavailable", "no server", passing=True))
        held = tuple(ServerHolding(name, name, "2.15.1", dict(jwts)) for name, jwts in sorted(self.servers.items()))
        first = min(self.servers)
        connected = tuple(
            Connection(
                first,
                p.public_key,
                p.issuer,
                p.hostname,
                first,
                cid,
                pod[0],
                age=self.now - began,
                account=p.issuer_account,
            )
            for pod, p in self.pods.items()
            for cid, began in [self.began[pod]]
        )
        return BrokerObservation(held, connected)

    def seen(self, deployments: Mapping[str, Mapping[str, Any]]) -> tuple[PodSeen, ...]:
        """The pods of workloads by bundle: one each, whose address is its name."""
        running = {name for name, _ in self.pods}
        return tuple(
            PodSeen(found["metadata"]["name"], bundle, ip=found["metadata"]["name"], ready_at=self.now)
            for bundle, found in sorted(deployments.items())
            if found["metadata"]["name"] in running
        )

    def observe_plane(self, plane: Plane) -> PlaneObserved:
        accounts = self.account_keys(plane)
        here, new = active(accounts), coming(accounts)
        members = tuple(
            PlaneMember(
                app,
                is_allowed(app, plane, {}),
                self.signing_keys(app, plane, here.generation),
                self.signing_keys(app, plane, new.generation) if new is not None else (),
                self.creds_of(app, {service.hostname for service in app.status.services}),
            )
            for _, app in sorted(self.apps.items())
        )
        keys = {**{role: self.key(ref) for role, ref in key_refs(plane).items()}, ACCOUNT: here.key}
        return PlaneObserved(
            plane,
            keys,
            members,
            self.published(),
            self.not_served(),
            self.broker(),
            dict(self.objects),
            served_instead=self.served_instead(),
            accounts=accounts,
        )

    def creds_of(self, app: MicrobusApp, hostnames: set[str]) -> dict[str, CredsObservation]:
        held = {name: self.credentials.get(names.creds_secret(app.metadata.name, name)) for name in hostnames}
        return {name: _creds(item) for name, item in held.items() if item is not None}

    def observe_app(self, app: MicrobusApp) -> AppObserved:
        readings = {bundle.name: self.reading(bundle.image) for bundle in app.spec.bundles}
        meta, plane = app.metadata, self.plane
        hostnames = {service.hostname for service in app.status.services}
        hostnames |= {item.hostname for found in readings.values() if found.report for item in found.report.services}
        accounts = self.account_keys(plane) if plane else ()
        here = target(accounts, plane) if plane else AccountKey(KeyObservation(_NOWHERE, KeyState.ABSENT))
        others = [each for each in accounts if each.public_key and each != here]
        bundles = {bundle.name for bundle in (*app.spec.bundles, *app.status.bundles)}
        found = {name: self.deployments.get(names.workload(meta.name, name)) for name in bundles}
        existing = {bundle.name: bundle.workload.existing for bundle in app.spec.bundles if bundle.workload.existing}
        superseded = {name: item for name, item in found.items() if name in existing and item is not None}
        found |= {name: self.deployments.get(each.name) for name, each in existing.items()}
        return AppObserved(
            app=app,
            plane=plane,
            namespace_labels={},
            others=tuple(other for name, other in sorted(self.apps.items()) if name != meta.name),
            readings={} if meta.is_deleting else readings,
            signing_keys=self.signing_keys(app, plane, here.generation) if plane else (),
            published=self.published() if plane else PublishedAccounts(),
            served=self.not_served(),
            broker=self.broker(),
            creds=self.creds_of(app, hostnames),
            deployments={name: item for name, item in found.items() if item is not None},
            superseded=superseded,
            pods=self.seen({name: item for name, item in found.items() if item is not None}),
            account_key=here.public_key,
            accounts=accounts,
            other_keys=tuple(key for each in others if plane for key in self.signing_keys(app, plane, each.generation)),
        )

    def reading(self, image: str) -> BundleReading:
        services = self.sources[image]
        if services is None:
            return BundleReading(trouble=Trouble("RegistryUnavailable", "no answer", passing=True))
        return BundleReading(DIGEST, IMAGE, "sha256:" + "b" * 64, "DigestBound", Report(services))

    # What the operator does: one look is as the handlers' is.

    def look_at_plane(self) -> None:
        for _ in range(MOST_STEPS):
            if self.plane is None:
                return
            decision = decide_plane(self.observe_plane(self.plane), SETTINGS, self.now)
            self.act(decision.actions)
            if self.plane is not None and decision.status != self.plane.status:
                self.write(partial(self.report, "", decision.status))
            if not decision.actions:
                return

    def look_at_app(self, name: str) -> None:
        for _ in range(MOST_STEPS):
            app = self.apps.get(name)
            if app is None:
                return
            decision = decide_app(self.observe_app(app), self.now)
            self.act(decision.actions)
            if name in self.apps and decision.status != app.status:
                self.write(partial(self.report, name, decision.status))
            if not decision.actions:
                return

    def act(self, wanted: tuple[do.Action, ...]) -> None:
        for action in wanted:
            self.write(partial(self.perform, action))

    def write(self, change: Callable[[], None]) -> None:
        if self.writes_left == 0:
            raise Crash
        if self.writes_left is not None:
            self.writes_left -= 1
        self.writes += 1
        change()
        self.watch()

    def report(self, app: str, status: Any) -> None:
        if app:
            self.apps[app] = self.apps[app].model_copy(update={"status": status})
        elif self.plane is not None:
            self.plane = self.plane.model_copy(update={"status": status})

    def perform(self, action: do.Action) -> None:
        self.version += 1
        match action:
            case do.MintKey():
                if action.key.secret not in self.seeds:
                    self.seeds[action.key.secret] = Seed.create(action.key.kind)
                    made = {"made at": str(self.now), **action.labels, **action.annotations}
                    self.noted[action.key.secret] = made
            case do.Annotate() if action.secret in self.seeds:
                said = {key: value for key, value in action.annotations.items() if value is not None}
                self.noted[action.secret] = {**self.noted[action.secret], **said}
            case do.PublishAccounts():
                self._publish(action)
            case do.IssueUser():
                self._issue(action)
            case do.Annotate():
                held = self.credentials[action.secret]
                said = {**held.annotations, **{k: v for k, v in action.annotations.items() if v is not None}}
                self.credentials[action.secret] = replace(held, annotations=said, version=self.version)
            case do.Apply():
                self._apply(action.manifest)
            case do.Roll():
                self._roll(action)
            case do.Delete():
                self._delete(action)
            case do.SetFinalizer():
                self._set_finalizer(action)
            case do.Kick():
                (pod,) = [pod for pod, (cid, _) in self.began.items() if cid == action.cid and pod in self.pods]
                self.connect(pod, _files(self.deployments[pod[0]])[pod[1]])
            case do.PushAccount():
                self.check_revocations(action.jwt)
                self._revoke(action.jwt)
                for server in action.servers:
                    self.servers[server][action.account] = action.jwt
                self.evict()

    def _publish(self, action: do.PublishAccounts) -> None:
        assert action.resource_version == (str(self.entries_version) if self.entries else "")
        entries = dict(action.kept)
        if action.operator is not None:
            entries["operator.jwt"] = encode(
                action.operator, self.seeds[action.operator_signer.secret], issued_at=self.now
            )
        for item in action.accounts:
            at = max(self.now, item.not_before + 1)
            token = encode(item.claims, self.seeds[action.account_signer.secret], issued_at=at)
            entries[f"{item.claims.subject}.jwt"] = token
            if item.claims.subject != self.system_account():
                self.check_revocations(token)
                self.ever_inside.setdefault(item.claims.subject, set()).update(item.claims.signing_keys)
        self.entries, self.entries_version = entries, self.version

    def _issue(self, action: do.IssueUser) -> None:
        held = self.credentials.get(action.secret)
        assert action.replaces == (str(held.version) if held else "")
        if held is not None and self.is_lagging:
            self.stale[action.secret] = (self.now, held)
        user = Seed.create(KeyKind.USER).public_key
        self.signers[user] = self.seeds[action.signer.secret].public_key
        if action.life:
            self.ends[user] = self.now + action.life
        self.credentials[action.secret] = Credential(
            hostname=action.hostname,
            public_key=user,
            issuer=self.seeds[action.signer.secret].public_key,
            issuer_account=action.issuer_account,
            issued_at=self.now,
            expires_at=self.now + action.life if action.life else None,
            pub=action.pub,
            sub=action.sub,
            annotations=dict(action.annotations),
            owner=action.owner["uid"],
            version=self.version,
        )

    def _apply(self, manifest: Mapping[str, Any]) -> None:
        name = manifest["metadata"]["name"]
        if manifest["kind"] != "Deployment":
            former = self.objects.get((manifest["kind"], name), {"metadata": {}})
            made = stamped(manifest)
            generation = former["metadata"].get("generation", 0) + 1
            made = {**made, "metadata": {**made["metadata"], "generation": generation}}
            self.objects[(manifest["kind"], name)] = {**made, "status": former.get("status", {})}
            return
        before = self.deployments.get(name)
        made = rolled_out(manifest)
        made["metadata"]["generation"] = before["metadata"]["generation"] + 1 if before else 1
        made["status"] = before["status"] if before else {}
        self.deployments[name] = made

    def _roll(self, action: do.Roll) -> None:
        before = self.deployments[action.name]
        template, meta = before["spec"]["template"], before["metadata"]
        assert meta["uid"] == action.uid
        annotations = {**template["metadata"]["annotations"], **action.annotations}
        template = {**template, "metadata": {**template["metadata"], "annotations": annotations}}
        meta = {**meta, "generation": meta["generation"] + 1}
        self.deployments[action.name] = {**before, "metadata": meta, "spec": {**before["spec"], "template": template}}

    def _delete(self, action: do.Delete) -> None:
        match action.kind:
            case "Secret" if action.name in self.seeds:
                self.retired.add(self.seeds.pop(action.name).public_key)
                del self.noted[action.name]
            case "Secret":
                self.credentials.pop(action.name, None)
            case "ConfigMap":
                self.entries = {}
            case "Deployment":
                self.deployments.pop(action.name, None)
                self.pods = {key: pod for key, pod in self.pods.items() if key[0] != action.name}

    def _set_finalizer(self, action: do.SetFinalizer) -> None:
        subject: Plane | MicrobusApp | None = self.plane if action.kind == "Plane" else self.apps.get(action.name)
        if subject is None:
            return
        meta = subject.metadata.model_copy(update={"finalizers": (names.FINALIZER,) if action.present else ()})
        if meta.is_deleting and not action.present:
            self._collect(action)
        elif isinstance(subject, Plane):
            self.plane = subject.model_copy(update={"metadata": meta})
        else:
            self.apps[action.name] = subject.model_copy(update={"metadata": meta})

    def _collect(self, action: do.SetFinalizer) -> None:
        """Kubernetes' garbage collection: what an object owned goes with it."""
        if action.kind == "Plane":
            self.plane, self.objects, self.servers = None, {}, {}
            return
        uid = self.apps.pop(action.name).metadata.uid
        self.credentials = {name: item for name, item in self.credentials.items() if item.owner != uid}
        owned = {name for name, item in self.deployments.items() if _owner(item) == uid}
        self.deployments = {name: item for name, item in self.deployments.items() if name not in owned}
        self.pods = {key: pod for key, pod in self.pods.items() if key[0] not in owned}

    # What the rest of the cluster does meanwhile.

    def tick(self) -> None:
        """The resolver looks, StatefulSets and Deployments roll, pods connect."""
        for entry, token in self.entries.items():
            # As the resolver does: an older JWT never takes a newer one's place.
            kind = KeyKind.OPERATOR if entry == "operator.jwt" else KeyKind.ACCOUNT
            if entry not in self.served or read(token, kind).issued_at >= read(self.served[entry], kind).issued_at:
                self.served[entry] = token
                if kind is KeyKind.ACCOUNT:
                    self._revoke(token)
        if self.plane is not None and ("StatefulSet", "prod-nats") in self.objects:
            for name in server_names(self.plane):
                self.servers.setdefault(name, {})
            self.roll_servers()
        for name, found in self.deployments.items():
            if found["status"].get("observedGeneration") != found["metadata"]["generation"]:
                status = {**rolled_out(found)["status"], "observedGeneration": found["metadata"]["generation"]}
                if not all(secret in self.credentials for secret in _files(found).values()):
                    # Its pods wait for their volume.
                    continue
                self.deployments[name] = {**found, "status": status}
                self.pods = {key: pod for key, pod in self.pods.items() if key[0] != name}
                for hostname, secret in _files(found).items():
                    self.connect((name, hostname), secret)

    def is_gone(self, hostname: str) -> bool:
        """Whether no source has that microservice any more: it may lose its credentials before its pod ends."""
        return not any(
            services is None or any(service.hostname == hostname for service in services)
            for services in self.sources.values()
        )

    def roll_servers(self) -> None:
        """Servers whose configuration is not the present one restart with that, one after the other."""
        found, config = self.objects[("StatefulSet", "prod-nats")], self.config()
        for name in sorted(self.servers):
            is_new = name not in self.configs
            if self.configs.get(name) != config:
                self.configs[name] = config
                if not is_new:
                    self.restart_server(name)
        count = found["spec"]["replicas"]
        status = {"observedGeneration": found["metadata"]["generation"]}
        status |= dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), count)
        self.objects[("StatefulSet", "prod-nats")] = {**found, "status": status}

    def config(self) -> str:
        """What servers start with."""
        return str(self.objects[("ConfigMap", "prod-nats")]["data"]["nats.conf"])

    def restart_server(self, name: str) -> None:
        """It forgets. Here pods are on all servers, and come back with the file that they have now."""
        self.servers[name] = {}
        for pod, hostname in list(self.pods):
            secret = _files(self.deployments[pod]).get(hostname)
            if secret is not None:
                self.connect((pod, hostname), secret)

    def restart_servers(self) -> None:
        """Every server restarts and forgets; every pod connects again with the file that it has now."""
        self.servers = {name: {} for name in self.servers}
        for name, hostname in list(self.pods):
            self.connect((name, hostname), _files(self.deployments[name])[hostname])

    def connect(self, pod: tuple[str, str], secret: str) -> None:
        # Where a Secret was deleted, kubelet leaves the file that a running pod has.
        credential = self.credentials.get(secret) or self.pods.get(pod)
        replaced, former = self.stale.get(secret, (0, None))
        if former is not None and self.now < replaced + PACE.kubelet_bound:
            credential = former
        if credential is None or not self.servers:
            self.wrong.append(f"{pod} starts without credentials or brokers")
            return
        for server, jwts in self.servers.items():
            entry = f"{credential.issuer_account}.jwt"
            if credential.issuer_account not in jwts and entry in self.served:
                jwts[credential.issuer_account] = self.served[entry]
            if not self.lets_in(server, credential):
                if credential.public_key in self.leaked() or self.is_gone(credential.hostname):
                    self.pods.pop(pod, None)
                    return
                self.wrong.append(f"{pod} is refused")
                return
        self.pods[pod] = credential
        self.began[pod] = (max([cid for cid, _ in self.began.values()], default=0) + 1, self.now)

    def lets_in(self, server: str, credential: Credential) -> bool:
        jwts = self.servers.get(server, {})
        is_pinned = credential.issuer_account in self.configs.get(server, "")
        if credential.issuer_account not in jwts or not is_pinned:
            return False
        claims = account_claims(jwts[credential.issuer_account])
        at = claims.revocations.get(credential.public_key, -1)
        return credential.issuer in claims.signing_keys and at < credential.issued_at

    def evict(self) -> None:
        """Servers throw out whom the account does not let in any more: only apps that leave may be among them."""
        for pod, credential in list(self.pods.items()):
            if all(self.lets_in(server, credential) for server in self.servers):
                continue
            del self.pods[pod]
            if self.is_closed(credential.issuer_account):
                # It comes back with the file that it has by now.
                secret = _files(self.deployments[pod[0]]).get(pod[1])
                if secret is not None:
                    self.connect(pod, secret)
                continue
            owner = next((a for a in self.apps.values() if _is_of(a, self.deployments[pod[0]])), None)
            is_asked_for = credential.public_key in self.leaked()
            if owner is not None and not owner.metadata.is_deleting and not is_asked_for:
                self.wrong.append(f"{pod} is thrown out")

    # What must hold after every write.

    def watch(self) -> None:
        for secret, seed in self.seeds.items():
            # An app's key may go, and another one come into its place; no key ever takes another one's.
            if "-app-" not in secret and self.ever.setdefault(secret, seed.public_key) != seed.public_key:
                self.wrong.append(f"{secret} has a new key")
            self.made.add(seed.public_key)
        known = self.made
        for token in self.entries.values():
            kind = KeyKind.OPERATOR if token == self.entries.get("operator.jwt") else KeyKind.ACCOUNT
            decoded = read(token, kind)
            refers = {decoded.claims.subject, decoded.issuer, *decoded.claims.signing_keys}
            if not refers <= known:
                self.wrong.append("a JWT refers to a key that has no Secret")
        for app in self.apps.values():
            if not {key.public_key for key in app.status.signing_keys} | {app.status.signing_key} <= {None, *known}:
                self.wrong.append("a status refers to a key that has no Secret")

    def check_revocations(self, token: str) -> None:
        """What is signed or pushed for the Plane's account revokes all that was ever revoked."""
        claims = account_claims(token)
        if claims.subject == self.system_account():
            return
        inside = set(claims.signing_keys)
        # Whose signer is gone for good need not be on the list any more; that one must never come back then.
        if self.dropped & inside:
            self.wrong.append("a signing key is back whose users' revocations were dropped")
        if self.retired & inside:
            self.wrong.append("a signing key whose Secret was deleted is in the account")
        kept = {user for user in self.revoked if self.signers.get(user, "") in {"", *inside} and not self.is_over(user)}
        if any(claims.revocations.get(user, -1) < self.revoked[user] for user in kept):
            self.wrong.append("a revocation is undone")

    def is_over(self, user: str) -> bool:
        """Whether a user has expired a day ago, by what the operator's clock has ever said."""
        self.latest = max(self.latest, self.now)
        return user in self.ends and self.ends[user] + 86400 < self.latest

    def _revoke(self, token: str) -> None:
        """From now on servers, or those who will start, refuse what this JWT revokes."""
        claims = account_claims(token)
        if claims.subject == self.system_account():
            return
        mine = self.ever_inside.get(claims.subject, set())
        gone = {user for user in self.revoked if user not in claims.revocations and self.signers.get(user) in mine}
        gone = {user for user in gone if not self.is_over(user)}
        self.dropped |= {self.signers[user] for user in gone if user in self.signers} - {*claims.signing_keys}
        kept = {user: at for user, at in self.revoked.items() if self.signers.get(user) not in self.dropped}
        kept = {user: at for user, at in kept.items() if user in claims.revocations or not self.is_over(user)}
        # What the list of one account says of another one's users counts for nothing.
        here = {user: at for user, at in claims.revocations.items() if self.signers.get(user) in {None, *mine}}
        self.revoked = kept | {user: at for user, at in here.items() if user != EVERY_KEY}

    def is_closed(self, account: str) -> bool:
        """Whether the account's tombstone has been signed."""
        entry = self.entries.get(f"{account}.jwt")
        return entry is not None and is_tombstone(account_claims(entry))

    def active_account(self) -> AccountClaims:
        """The claims of the account that the fleet is in."""
        assert self.plane is not None
        return account_claims(self.entries[f"{active(self.account_keys(self.plane)).public_key}.jwt"])

    def system_account(self) -> str:
        return self.seeds["prod-system-account-1"].public_key

    def leaked(self) -> set[str | None]:
        """Keys that people want dead, whoever runs with them."""
        return {request.public_key for app in self.apps.values() for request in app.spec.revocations}

    # Runs.

    def round(self) -> None:
        """Everything is looked at once, and the cluster does its part."""
        self.look_at_plane()
        for name in sorted(self.apps):
            self.look_at_app(name)
        self.tick()

    def pass_time(self, seconds: int) -> None:
        """Seconds pass."""
        self.now += seconds

    def settle(self) -> None:
        """Rounds until one changes nothing, in which nothing was written, also after every kubelet has caught up."""
        seen, waits = -1, 3
        for _ in range(MOST_ROUNDS):
            before = (self.writes, dict(self.served), dict(self.pods), json.dumps(self.deployments, sort_keys=True))
            self.round()
            if before == (self.writes, self.served, self.pods, json.dumps(self.deployments, sort_keys=True)):
                if not waits:
                    return
                waits -= 1
                self.pass_time(PACE.kubelet_bound + 1)
            seen = self.writes
        raise AssertionError(f"still writing after {MOST_ROUNDS} rounds and {seen} writes: {self.summary()}")

    def summary(self) -> dict[str, Any]:
        """The state without what differs from run to run: keys by their Secret, times left out."""
        plane, apps = self.plane, sorted(self.apps.items())
        return {
            "plane": (plane.status.phase, plane.status.revocations.count) if plane else None,
            "keys": len(self.seeds),
            "signing": [(item.app, item.state) for item in plane.status.signing_keys] if plane else [],
            "apps": {name: (app.status.phase, [s.hostname for s in app.status.services]) for name, app in apps},
            "credentials": {
                name: (item.pub, item.sub, item.annotations.get(PREVIOUS_ANNOTATION))
                for name, item in sorted(self.credentials.items())
            },
            "deployments": sorted(self.deployments),
            "pods": sorted(self.pods),
            "objects": sorted(self.objects),
        }


def _creds(item: Credential) -> CredsObservation:
    return CredsObservation(
        resource_version=str(item.version),
        uid="uid",
        public_key=item.public_key,
        issuer=item.issuer,
        issuer_account=item.issuer_account,
        issued_at=item.issued_at,
        expires_at=item.expires_at,
        pub=item.pub,
        sub=item.sub,
        previous=json.loads(item.annotations.get(PREVIOUS_ANNOTATION, "{}")),
        generation=int(item.annotations.get(GENERATION_ANNOTATION, "1")),
        previous_signers=json.loads(item.annotations.get(PREVIOUS_SIGNERS_ANNOTATION, "{}")),
        reason=item.annotations.get(REASON_ANNOTATION, ""),
        is_delivered=item.annotations.get(DELIVERED_ANNOTATION) == item.public_key,
    )


def _owner(manifest: Mapping[str, Any]) -> str:
    """The uid of its app; none of an existing workload."""
    owners = manifest["metadata"].get("ownerReferences", ())
    return next((str(owner["uid"]) for owner in owners), "")


def _is_of(app: MicrobusApp, manifest: Mapping[str, Any]) -> bool:
    """Whether an app's microservices run in a workload."""
    named = {bundle.workload.existing.name for bundle in app.spec.bundles if bundle.workload.existing}
    return _owner(manifest) == app.metadata.uid or manifest["metadata"]["name"] in named


def _files(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The microservices of a Deployment, each with the Secret that its file comes from."""
    sources = manifest["spec"]["template"]["spec"]["volumes"][0]["projected"]["sources"]
    suffix = "_nats.creds"
    return {s["secret"]["items"][0]["key"].removesuffix(suffix): s["secret"]["name"] for s in sources}
