"""`kubectl microbus status`: planes and apps at a glance, or one of them in detail."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from microbus_operator.api.app import MicrobusApp
from microbus_operator.api.meta import Condition
from microbus_operator.api.plane import Plane
from microbus_operator.cli.answers import Answer, CannotAnswer, as_json, fields, section, since, table, until
from microbus_operator.cli.issued import apps_in, planes_in
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.observe import get_app, get_plane

KINDS = {
    **dict.fromkeys(("app", "apps", "mba", "microbusapp", "microbusapps"), "app"),
    **dict.fromkeys(("plane", "planes"), "plane"),
}


def subject_of(words: Sequence[str]) -> tuple[str | None, str | None]:
    """Kind and name from `app NAME`, `app/NAME`, `app` or nothing. Raises `CannotAnswer`."""
    parts = [part for word in words for part in word.split("/")]
    if not parts:
        return None, None
    kind = KINDS.get(parts[0].lower())
    if kind is None or len(parts) > 2 or not all(parts):
        raise CannotAnswer(f"{' '.join(words)!r} is not `app NAME` or `plane NAME`")
    return kind, parts[1] if len(parts) == 2 else None


async def answer(cluster: Cluster, namespace: str, options: argparse.Namespace) -> Answer:
    """The overview, or one object."""
    kind, name = subject_of(options.subject)
    where = None if options.all_namespaces else namespace
    now = time.time()
    if name is not None:
        app = await get_app(cluster, namespace, name) if kind == "app" else None
        found = app or (await get_plane(cluster, namespace, name) if kind != "app" else None)
        if found is None:
            plural = "microbusapps" if kind == "app" else "planes"
            raise CannotAnswer(f'{plural}.microbus.io "{name}" not found in namespace {namespace}')
        if options.output == "json":
            return Answer(as_json(_object(found)))
        return Answer(app_in_detail(found, now) if isinstance(found, MicrobusApp) else plane_in_detail(found, now))
    planes = await planes_in(cluster, where) if kind in (None, "plane") else []
    apps = await apps_in(cluster, where) if kind in (None, "app") else []
    if options.output == "json":
        return Answer(as_json({"items": [*map(_object, planes), *map(_object, apps)]}))
    if not planes and not apps:
        place = f"in {namespace} namespace" if where else "in any namespace"
        return Answer("", remarks=(f"No resources found {place}.",))
    wide = options.output == "wide"
    return Answer(overview(planes, apps, now, namespaced=options.all_namespaces, wide=wide))


def overview(
    planes: Sequence[Plane], apps: Sequence[MicrobusApp], now: float, *, namespaced: bool = False, wide: bool = False
) -> str:
    """A table for each kind that is there; `now` is in unix seconds."""
    tables = []
    lead, trail = (["NAMESPACE"] if namespaced else []), (["MESSAGE"] if wide else [])

    def row(item: Plane | MicrobusApp, *cells: object) -> list[object]:
        ready = _condition(item.status.conditions, "Ready")
        return [
            *([item.metadata.namespace] if namespaced else []),
            *(item.metadata.name, *cells[:1], ready.status if ready else "Unknown", ready.reason if ready else None),
            *(*cells[1:], since(item.metadata.creation_timestamp, now)),
            *([ready.message if ready else None] if wide else []),
        ]

    if planes:
        rows = [row(plane, plane.spec.plane, _servers(plane), _apps(plane)) for plane in planes]
        tables.append(table([*lead, "PLANE", "PREFIX", "READY", "REASON", "SERVERS", "APPS", "AGE", *trail], rows))
    if apps:
        rows = [
            row(app, app.spec.plane_ref.name, _issued(app), _soonest(app, now), len(app.status.findings))
            for app in apps
        ]
        headers = ["APP", "PLANE", "READY", "REASON", "ISSUED", "EXPIRES", "FINDINGS", "AGE"]
        tables.append(table([*lead, *headers, *trail], rows))
    return "\n".join(tables)


def plane_in_detail(plane: Plane, now: float) -> str:
    """All that a Plane's status says."""
    status = plane.status
    text = fields(
        [
            ("Plane", f"{plane.metadata.namespace}/{plane.metadata.name}"),
            ("Prefix", plane.spec.plane),
            ("URL", status.url),
            ("Operator", status.operator_public_key),
            ("System account", status.system_account_public_key),
            ("Account", status.account_public_key),
            ("Revocations", f"{status.revocations.count} ({status.revocations.bytes} bytes of JWT)"),
            ("Operator may be down until", status.operator_may_be_down_until),
        ]
    )
    if status.rotation is not None:
        said = status.rotation
        text += fields([("Account replaced", f"{said.phase} ({said.remaining} remaining): {said.message}")])
    text += _conditions(status.conditions, now)
    if status.servers:
        rows = [
            (server.name, server.version, "yes" if server.account_in_sync else "no", server.connections)
            for server in status.servers
        ]
        text += section("Servers", table(["NAME", "VERSION", "IN SYNC", "CONNECTIONS"], rows))
    if status.signing_keys:
        keys = [(key.app, key.state, key.public_key) for key in status.signing_keys]
        text += section("Signing keys", table(["APP", "STATE", "PUBLIC KEY"], keys))
    return text


def app_in_detail(app: MicrobusApp, now: float) -> str:
    """All that an app's status says."""
    status = app.status
    text = fields([("App", app.key), ("Plane", "/".join(app.plane_key)), ("Signing key", status.signing_key)])
    text += _conditions(status.conditions, now)
    if status.bundles:
        bundles = [
            (item.name, item.ready_replicas, item.trust, item.digest, item.source_digest) for item in status.bundles
        ]
        text += section("Bundles", table(["NAME", "READY", "TRUST", "IMAGE DIGEST", "SOURCE DIGEST"], bundles))
    if status.services:
        services = [
            (
                *(item.hostname, item.bundle, item.phase, item.pub, item.sub, item.trust_roots, item.wildcards),
                until(item.expires_at, now) if item.issued_at else None,
            )
            for item in status.services
        ]
        headers = ["HOSTNAME", "BUNDLE", "PHASE", "PUB", "SUB", "TRUST ROOTS", "WILDCARDS", "EXPIRES"]
        text += section("Microservices", table(headers, services))
    if status.findings:
        findings = [
            (item.severity, item.hostname, item.rule, f"{item.file}:{item.line}", item.message)
            for item in status.findings
        ]
        text += section("Findings", table(["SEVERITY", "MICROSERVICE", "RULE", "PLACE", "MESSAGE"], findings))
    return text


def _conditions(conditions: Sequence[Condition], now: float) -> str:
    rows = [
        (item.type, item.status, since(item.last_transition_time, now), item.reason, item.message)
        for item in conditions
    ]
    return section("Conditions", table(["TYPE", "STATUS", "SINCE", "REASON", "MESSAGE"], rows)) if rows else ""


def _condition(conditions: Sequence[Condition], name: str) -> Condition | None:
    return next((condition for condition in conditions if condition.type == name), None)


def _servers(plane: Plane) -> str:
    synced = sum(server.account_in_sync for server in plane.status.servers)
    return f"{synced}/{plane.spec.nats.replicas}"


def _apps(plane: Plane) -> int:
    return len({key.app for key in plane.status.signing_keys})


def _issued(app: MicrobusApp) -> str:
    services = app.status.services
    return f"{sum(service.issued_at is not None for service in services)}/{len(services)}"


def _soonest(app: MicrobusApp, now: float) -> str | None:
    ends = [service.expires_at for service in app.status.services if service.expires_at is not None]
    if ends:
        return until(min(ends), now)
    return "never" if any(service.issued_at for service in app.status.services) else None


def _object(item: Plane | MicrobusApp) -> dict[str, object]:
    meta = {"name": item.metadata.name, "namespace": item.metadata.namespace, "generation": item.metadata.generation}
    return {"kind": type(item).__name__, "metadata": meta, "status": item.status.to_manifest()}
