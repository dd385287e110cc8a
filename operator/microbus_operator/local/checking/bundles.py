"""What is checked: the microservices of all bundles below a folder, each with what its code needs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gencreds.report import ServiceReport
from gencreds.subjects import without_covered
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.runtime.sources import FolderSources, mains
from microbus_operator.source.errors import SourceError


async def services_of(root: Path, given: Sequence[str], plane: str, scratch: Path) -> list[ServiceReport]:
    """The microservices of the bundles whose main files are `given` (relative to `root`), or of all, by hostname.

    One that two bundles have is allowed what either says. Raises `Unusable`, also for a blocking finding: an allow-list
    that may be incomplete would show violations that are none.
    """
    chosen = list(given) or sorted(str(path.relative_to(root)) for path in mains(root))
    if not chosen:
        raise Unusable(f"{root} has no main.go of package main; give the folder of the app's source with --source")
    sources = FolderSources(root, without=scratch, cache=scratch / "scans")
    try:
        readings = await asyncio.gather(
            *(sources.read(f"local/bundle-{number}", (), plane=plane, main=main) for number, main in enumerate(chosen))
        )
    except SourceError as error:
        raise Unusable(str(error)) from None
    found: dict[str, ServiceReport] = {}
    for main, reading in zip(chosen, readings, strict=True):
        for service in reading.report.services:
            if service.blocking:
                first = service.blocking[0]
                raise Unusable(
                    f"{service.hostname} of {main} has {len(service.blocking)} blocking findings, the first at "
                    f"{first.file}:{first.line}: {first.message}; correct them, or name other bundles with --bundle"
                )
            known = found.get(service.hostname)
            found[service.hostname] = service if known is None else _joined(known, service)
    return [found[hostname] for hostname in sorted(found)]


def _joined(one: ServiceReport, other: ServiceReport) -> ServiceReport:
    if one == other:
        return one
    return replace(
        one,
        pub=tuple(without_covered({*one.pub, *other.pub})),
        sub=tuple(without_covered({*one.sub, *other.sub})),
        grants=tuple(dict.fromkeys((*one.grants, *other.grants))),
    )
