"""What the microservices of a plane have been issued, read from their Secrets: allow-lists and dates, never a seed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from microbus_operator.api.app import MicrobusApp, ServiceStatus
from microbus_operator.api.plane import Plane
from microbus_operator.cli.answers import CannotAnswer
from microbus_operator.cli.permissions import Permission, permissions
from microbus_operator.kube import observe
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.credentials import observe_creds
from microbus_operator.kube.errors import ApiRefused


@dataclass(frozen=True)
class Issued:
    """One microservice and what its present credentials allow; `problem` says why they could not be read."""

    app: MicrobusApp
    service: ServiceStatus
    permissions: tuple[Permission, ...] = ()
    public_key: str | None = None
    issued_at: int | None = None
    expires_at: int | None = None
    problem: str | None = None


async def apps_in(cluster: Cluster, namespace: str | None) -> list[MicrobusApp]:
    """The apps of a namespace (None: of all), by name."""
    found: list[MicrobusApp] = [
        observe.parsed(MicrobusApp, item) for item in await cluster.list("MicrobusApp", namespace)
    ]
    return sorted(found, key=lambda app: app.key)


async def only_namespace(cluster: Cluster) -> str:
    """Where to look in a state folder if nobody says: the one namespace with apps, else with Planes, or `default`."""
    for kind in ("MicrobusApp", "Plane"):
        found = {item["metadata"]["namespace"] for item in await cluster.list(kind, None)}
        if len(found) == 1:
            return str(found.pop())
    return "default"


async def planes_in(cluster: Cluster, namespace: str | None) -> list[Plane]:
    """The Planes of a namespace (None: of all), by name."""
    found: list[Plane] = [observe.parsed(Plane, item) for item in await cluster.list("Plane", namespace)]
    return sorted(found, key=lambda plane: (plane.metadata.namespace, plane.metadata.name))


async def the_plane(cluster: Cluster, namespace: str, name: str | None) -> Plane:
    """The Plane of that name, or the only one of the namespace, or of the only app's in it."""
    if name is not None:
        plane = await observe.get_plane(cluster, namespace, name)
        if plane is None:
            raise CannotAnswer(f'planes.microbus.io "{name}" not found in namespace {namespace}; name it with -n')
        return plane
    planes = await planes_in(cluster, namespace)
    if len(planes) > 1:
        listed = ", ".join(plane.metadata.name for plane in planes)
        raise CannotAnswer(f"namespace {namespace} has several Planes ({listed}); choose one with --plane")
    if planes:
        return planes[0]
    joined = {app.plane_key for app in await apps_in(cluster, namespace)}
    if len(joined) != 1:
        raise CannotAnswer(f"namespace {namespace} has no Plane; name its namespace with -n")
    return await the_plane(cluster, *joined.pop())


async def apps_of(cluster: Cluster, plane: Plane) -> list[MicrobusApp]:
    """The apps that the plane has let in, wherever they are; asked for by name, so that few rights are enough."""
    keys = [app.partition("/") for app in sorted({key.app for key in plane.status.signing_keys})]
    found = await asyncio.gather(*(observe.get_app(cluster, namespace, name) for namespace, _, name in keys))
    return sorted((app for app in found if app is not None), key=lambda app: app.key)


async def issued_to(cluster: Cluster, apps: Iterable[MicrobusApp]) -> list[Issued]:
    """Every microservice of these apps, ordered by hostname."""
    found = await asyncio.gather(*(_issued(cluster, app, service) for app in apps for service in app.status.services))
    return sorted(found, key=lambda issued: (issued.service.hostname, issued.app.key))


async def _issued(cluster: Cluster, app: MicrobusApp, service: ServiceStatus) -> Issued:
    meta, secret = app.metadata, f"Secret {app.metadata.namespace}/{service.secret_name}"
    try:
        creds = await observe_creds(cluster, meta.namespace, service.secret_name, service.hostname, meta.uid)
    except ApiRefused as refused:
        if refused.status != 403:
            raise
        return Issued(app, service, problem=f"{secret} may not be read by you")
    if creds is None:
        return Issued(app, service, problem=f"{secret} does not exist yet")
    if creds.foreign is not None:
        return Issued(app, service, problem=creds.foreign.message)
    if creds.invalid:
        return Issued(app, service, problem=f"{secret}: {creds.invalid}")
    return Issued(
        app=app,
        service=service,
        permissions=permissions(service.hostname, creds.pub, creds.sub, creds.evidence),
        public_key=creds.public_key,
        issued_at=creds.issued_at,
        expires_at=creds.expires_at,
    )
