"""`kubectl microbus who-can` and `trust-roots`: across the apps of a plane, who may reach an endpoint."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gencreds.subjects import TRUST_ROOT_PORT, encode_path, flatten_host
from microbus_operator.cli.answers import Answer, CannotAnswer, as_json, table
from microbus_operator.cli.issued import Issued, apps_of, issued_to, the_plane
from microbus_operator.cli.permissions import ANY, CONTROL_PORT, Permission, overlaps
from microbus_operator.kube.cluster import Cluster


@dataclass(frozen=True)
class Target:
    """The endpoint that is asked about; what is left open is `*`."""

    host: str
    port: str = ANY
    method: str = ANY
    path: str | None = None

    @classmethod
    def parse(cls, target: str, method: str | None, path: str | None) -> Target:
        """From the command line. Raises `CannotAnswer`."""
        host, _, port = target.removeprefix("https://").partition(":")
        if not host or not (port == "" or (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
            raise CannotAnswer(
                f"{target!r} is not HOST or HOST:PORT, such as payments.example or access.token.core:666"
            )
        return cls(host.lower(), port or ANY, (method or ANY).upper(), path)

    def subject(self, plane: str) -> str:
        """What a request to it is published on, whoever sends it; braces in the path stand for any value."""
        trust = ANY if self.port == ANY else "danger" if self.port == str(TRUST_ROOT_PORT) else "safe"
        host = ANY if self.host == ANY else flatten_host(self.host)
        path = ">" if self.path is None else encode_path(self.path, pattern="{" in self.path)
        method = ANY if self.method == "ANY" else self.method
        return ".".join((plane, trust, self.port, ANY, host, ANY, method, path))


async def answer(cluster: Cluster, namespace: str, options: argparse.Namespace) -> Answer:
    """Who may call the endpoint; exit code 0 whoever it is, also nobody."""
    target = Target.parse(options.target, options.method, options.path)
    plane = await the_plane(cluster, namespace, options.plane)
    found = await issued_to(cluster, await apps_of(cluster, plane))
    return _answered(callers(found, target, plane.spec.plane), found, options.output, "may call it")


async def trust_roots(cluster: Cluster, namespace: str, options: argparse.Namespace) -> Answer:
    """Who serves and who may call port 666."""
    plane = await the_plane(cluster, namespace, options.plane)
    found = await issued_to(cluster, await apps_of(cluster, plane))
    rows = [(item, permission) for item in found for permission in item.permissions if permission.is_trust_root]
    return _answered(rows, found, options.output, "serves or may call port 666")


def callers(found: Iterable[Issued], target: Target, plane: str) -> list[tuple[Issued, Permission]]:
    """Each entry by which a microservice reaches the target, or a part of it.

    Control requests (port 888) are everybody's by the standard entries: they answer only a question about that port.
    """
    subject = target.subject(plane)
    return [
        (item, permission)
        for item in found
        for permission in item.permissions
        if permission.may == "publish"
        and permission.port != "reply"
        and (permission.kind != "standard" or target.port == CONTROL_PORT)
        and overlaps(permission.subject, subject)
    ]


def _answered(
    rows: Sequence[tuple[Issued, Permission]], asked: Sequence[Issued], output: str | None, what: str
) -> Answer:
    remarks = tuple(f"warning: {item.service.hostname} is left out: {item.problem}" for item in asked if item.problem)
    if output == "json":
        listed = [
            {"microservice": item.service.hostname, "app": item.app.key, **permission.to_json()}
            for item, permission in rows
        ]
        return Answer(
            as_json({"items": listed, "unknown": [item.service.hostname for item in asked if item.problem]}),
            remarks=remarks,
        )
    if not rows:
        return Answer("", remarks=(*remarks, f"No microservice {what}."))
    headers = [
        "MICROSERVICE",
        "APP",
        "MAY",
        "HOST",
        "PORT",
        "METHOD",
        "PATH",
        *(["SUBJECT"] if output == "wide" else []),
    ]
    cells = [
        [
            *(item.service.hostname, item.app.key, "call" if permission.may == "publish" else "serve"),
            *(permission.host, permission.port, permission.method, permission.path),
            *([permission.subject] if output == "wide" else []),
        ]
        for item, permission in rows
    ]
    return Answer(table(headers, cells), remarks=remarks)
