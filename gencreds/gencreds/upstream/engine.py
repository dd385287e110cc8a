"""The front door of upstream's engine: the same inputs as `pipeline.scan`, and what upstream would grant for them.

`cli` calls it for `--parity upstream`, `gencreds.parity` to compare. Nothing is executed and no network is used: where
upstream asks `go list`, the import path is resolved as in our engine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gencreds.golang.clock import TooCostly
from gencreds.golang.files import Directory, FileRefused, Files, Tree
from gencreds.golang.limits import InputRefused, Limits
from gencreds.golang.modules import Modules
from gencreds.golang.syntax import GoFile
from gencreds.golang.workspace import source_root
from gencreds.microbus.manifest import ManifestInvalid, stated_hostname
from gencreds.upstream.apis import Api, Apis
from gencreds.upstream.bundles import missing_import, read_main
from gencreds.upstream.clients import calls, wanted
from gencreds.upstream.intermediates import hooks, routes
from gencreds.upstream.nodes import bodies
from gencreds.upstream.requests import requests
from gencreds.upstream.sources import INTERMEDIATE, MOCK, Fatal, Sources, api_aliases, merged_aliases, own_aliases
from gencreds.upstream.wanted import Origin, Wanted


class UpstreamFails(Exception):
    """Upstream ends with this error, before it looks at any microservice."""


@dataclass(frozen=True)
class UpstreamService:
    """A microservice as upstream sees it: `hostname` is the manifest's, `identity` the API package's `Hostname`.

    `error` is set where upstream ends with one; then nothing was found. `files` are those it scanned for calls.
    """

    hostname: str
    identity: str
    directory: Directory
    found: tuple[Wanted, ...]
    files: tuple[GoFile, ...]
    error: str = ""

    @cached_property
    def found_at(self) -> Mapping[tuple[str, int], list[Wanted]]:
        """What was found, by file and line."""
        places: dict[tuple[str, int], list[Wanted]] = {}
        for each in self.found:
            places.setdefault((each.file, each.line), []).append(each)
        return places


@dataclass(frozen=True)
class UpstreamScan:
    """All microservices, sorted by hostname, and the warnings that upstream prints."""

    services: tuple[UpstreamService, ...]
    warnings: tuple[str, ...] = ()


def scan_as_upstream(
    bundle: Path | None, manifests: Sequence[Path] = (), limits: Limits | None = None, files: Files | None = None
) -> UpstreamScan:
    """Scan as upstream would; `manifests` win over `bundle`. Raises `UpstreamFails`."""
    files = files or Files(limits or Limits())
    try:
        if manifests:
            return _of_directories(manifests, files)
        if bundle is not None:
            return _of_bundle(bundle, files)
        raise UpstreamFails("one of --bundle or --manifests is required")
    except (ManifestInvalid, InputRefused) as error:
        raise UpstreamFails(str(error)) from error
    except FileRefused as error:
        raise UpstreamFails(f"go.mod or go.work of the source {error}") from error
    except FileNotFoundError as error:
        raise UpstreamFails("the current directory does not exist any more; change to one that does") from error


def _of_bundle(bundle: Path, files: Files) -> UpstreamScan:
    path = os.path.realpath(bundle)
    folder, name = os.path.split(path)
    apis = _apis(*source_root(folder, files), files)
    sources = apis.sources
    try:
        added = read_main(sources.parse(sources.modules.directory(folder), name))
    except Fatal as error:
        raise UpstreamFails(f"resolve bundle: {error}") from error
    warnings = tuple(
        f"{path}:{line}: cannot resolve app.Add argument to a package; service will not be signed"
        for line in added.unresolved
    )
    if not added.import_paths:
        raise UpstreamFails(f"resolve bundle: no app.Add(...) services found in {path}")
    directories: list[Directory] = []
    for import_path in added.import_paths:
        directory = sources.modules.resolve(import_path)
        if directory is None:
            raise UpstreamFails(f"resolve bundle: go list: package {import_path} cannot be found")
        directories.append(directory)
    missing = missing_import(directories, sources)
    if missing:
        raise UpstreamFails(f"resolve bundle: go list: package {missing} cannot be found")
    found: dict[str, Directory] = {}
    for directory in directories:
        found.setdefault(stated_hostname(files, directory), directory)
    return UpstreamScan(tuple(_service(name, found[name], apis) for name in sorted(found)), warnings)


def _of_directories(manifests: Sequence[Path], files: Files) -> UpstreamScan:
    by_root: dict[tuple[str, bool], Apis] = {}
    services: list[UpstreamService] = []
    for path in manifests:
        real = os.path.realpath(path)
        root = source_root(real, files)
        apis = by_root.get(root) or by_root.setdefault(root, _apis(*root, files))
        directory = apis.sources.modules.directory(real)
        services.append(_service(stated_hostname(files, directory), directory, apis))
    return UpstreamScan(tuple(sorted(services, key=lambda service: service.hostname)))


def _apis(root: str, is_work: bool, files: Files) -> Apis:
    return Apis(Sources(Modules(Tree(root), files, is_work=is_work), files))


def _service(hostname: str, directory: Directory, apis: Apis) -> UpstreamService:
    try:
        with apis.sources.files.clock.microservice(directory.name):
            identity, found, files = _scanned(directory, apis)
    except (Fatal, TooCostly) as error:
        return UpstreamService(hostname, "", directory, (), (), f"scan source: {error}")
    return UpstreamService(hostname, identity, directory, tuple(found), files)


def _scanned(directory: Directory, apis: Apis) -> tuple[str, list[Wanted], tuple[GoFile, ...]]:
    sources = apis.sources
    own_alias, own = apis.own(directory)
    intermediate = sources.parse(directory, INTERMEDIATE)
    names = sources.names(directory)
    files = sources.all(directory)
    aliases = merged_aliases(files)
    identity = own.hostname or ""
    found = list(routes(intermediate, own_alias, own))
    found += [wanted(Origin.EVENT, identity, event, (event.file, event.line)) for event in own.events]
    found += hooks(intermediate, api_aliases(intermediate), own_alias, lambda alias: apis.find(aliases[alias]))
    read = [file for name, file in zip(names, files, strict=True) if name != MOCK]
    for file in read:
        imported = own_aliases(file)

        def api_of(alias: str, imported: dict[str, str] = imported) -> tuple[Api | None, bool]:
            return apis.find(aliases[alias]), imported[alias] == aliases[alias]

        for function, body in bodies(file):
            sources.files.clock.look()
            found += calls(function, body, file, api_aliases(file), api_of)
            found += requests(body, file)
    return identity, found, tuple(read)
