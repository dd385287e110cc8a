"""`kubectl microbus rotate account`: what moving a Plane into another account will touch, and the request for it.

The request is one field of the Plane's spec, which Git may hold as well. With `--dry-run` nothing is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from microbus_operator.api.app import Bundle, MicrobusApp
from microbus_operator.api.plane import Plane
from microbus_operator.cli.answers import Answer, CannotAnswer, as_json, fields, section, table
from microbus_operator.core import names
from microbus_operator.core.flip import BOUNDS
from microbus_operator.core.flip_status import FINAL
from microbus_operator.core.settings import PACE
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.observe import get_app, get_plane

# Seconds: what a server needs to restart and be ready, and what issuing one credential takes.
SERVER_RESTARTS, ISSUING = 20, 0.1
HEADERS = ["APP", "MICROSERVICE", "SECRET", "WORKLOAD", "PHASE"]


async def answer(cluster: Cluster, namespace: str, options: argparse.Namespace) -> Answer:
    """What will be touched; without `--dry-run` the next generation is requested too."""
    plane = await get_plane(cluster, namespace, options.plane)
    if plane is None:
        raise CannotAnswer(f'planes.microbus.io "{options.plane}" not found in namespace {namespace}')
    if options.local is not None and not options.dry_run:
        raise CannotAnswer(
            "a state folder is changed by `microbus-operator local apply`: raise the generation in the Plane's manifest"
        )
    said = plane.status.rotation
    if said is not None and said.phase not in FINAL:
        raise CannotAnswer(f"the account is being replaced already: {said.phase}: {said.message}")
    keys = sorted({key.app.partition("/")[::2] for key in plane.status.signing_keys})
    found = [await get_app(cluster, *key) for key in keys]
    apps = [app for app in found if app is not None]
    generation = plane.spec.keys.account.generation + 1
    if not options.dry_run:
        patch = {"spec": {"keys": {"account": {"generation": generation}}}}
        await cluster.merge("Plane", namespace, plane.metadata.name, patch)
    return told(plane, apps, options.output, is_requested=not options.dry_run)


def told(plane: Plane, apps: Sequence[MicrobusApp], output: str | None, *, is_requested: bool) -> Answer:
    """All that is touched, for people or programs; remarks name what may hold it up."""
    rows = [
        _row(app, each.hostname, each.secret_name, each.bundle, each.phase)
        for app in apps
        for each in app.status.services
    ]
    generation = plane.spec.keys.account.generation + 1
    connections = sum(server.connections for server in plane.status.servers)
    seconds = int(plane.spec.nats.replicas * SERVER_RESTARTS + len(rows) * ISSUING + BOUNDS * PACE.kubelet_bound)
    remarks = tuple(
        f"{row[1]} of {row[0]} is {row[4] or 'unknown'}: it is cut off unless that is mended" for row in _odd(rows)
    )
    if output == "json":
        named = ("app", "microservice", "secret", "workload", "phase")
        items = [dict(zip(named, row, strict=True)) for row in rows]
        whole = {
            "plane": f"{plane.metadata.namespace}/{plane.metadata.name}",
            "account": plane.status.account_public_key,
            "generation": generation,
            "requested": is_requested,
            "connections": connections,
            "expectedSeconds": seconds,
            "items": items,
        }
        return Answer(as_json(whole), remarks=remarks)
    text = fields(
        [
            ("Plane", f"{plane.metadata.namespace}/{plane.metadata.name}"),
            ("Account", f"{plane.status.account_public_key} is left for one of generation {generation}"),
            ("Key Secret", names.key_secret(plane.metadata.name, "account", generation)),
            ("Servers", f"{plane.spec.nats.replicas} restart, one after the other"),
            ("Apps", len(apps)),
            ("Microservices", len(rows)),
            ("Connections", f"{connections}, closed at once at the end; clients connect again by themselves"),
            ("Expected time", f"{seconds // 60} min {seconds % 60} s, without service for seconds at its end"),
            ("Requested", "yes" if is_requested else "no, this is a dry run"),
        ]
    )
    return Answer(text + (section("Touched", table(HEADERS, rows)) if rows else ""), remarks=remarks)


def _row(app: MicrobusApp, hostname: str, secret: str, bundle: str, phase: str) -> tuple[str, str, str, str, str]:
    by_name = {each.name: each for each in app.spec.bundles}
    return app.key, hostname, f"{app.metadata.namespace}/{secret}", _workload(app, bundle, by_name.get(bundle)), phase


def _workload(app: MicrobusApp, name: str, bundle: Bundle | None) -> str:
    existing = bundle.workload.existing if bundle is not None else None
    return f"{existing.kind}/{existing.name}" if existing else f"Deployment/{names.workload(app.metadata.name, name)}"


def _odd(rows: Sequence[tuple[str, str, str, str, str]]) -> list[tuple[str, str, str, str, str]]:
    return [row for row in rows if row[4] in ("SecretConflict", "")]
