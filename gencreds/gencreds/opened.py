"""A source that is open for analysis: a bundle or a list of directories, and the microservices in it.

`pipeline.scan` runs them all, `rescan` only those whose source changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gencreds.errors import ScanError
from gencreds.golang.consulted import Consulted
from gencreds.golang.files import Directory, Files, Tree
from gencreds.golang.modules import Modules
from gencreds.golang.packages import Packages
from gencreds.golang.workspace import source_root
from gencreds.microbus.api import Apis
from gencreds.microbus.bundle import read_bundle
from gencreds.microbus.closures import findings_of_main
from gencreds.microbus.framework import EXPORTED
from gencreds.microbus.libraries import Libraries
from gencreds.microbus.manifest import MANIFEST, read_hostname
from gencreds.microbus.model import Finding, Location, Microservice, Severity
from gencreds.microbus.service import ServiceAnalysis


@dataclass(frozen=True)
class Opened:
    """`findings` concern every microservice; each of `services`, by import path or directory, reads its manifest and
    is ready to run when it is called."""

    findings: tuple[Finding, ...]
    services: dict[str, Callable[[], ServiceAnalysis]]

    @property
    def summary(self) -> str:
        """What the source as a whole says, as text: the same text is the same microservices and findings."""
        return repr((list(self.services), self.findings))


@dataclass(frozen=True)
class Job:
    """One microservice's analysis, and all that is wrong around it: of the bundle, and of its hostname.

    `consulted` are the directories that were looked into to find it.
    """

    key: str
    analysis: ServiceAnalysis
    findings: tuple[Finding, ...]
    consulted: frozenset[str]

    def run(self) -> Microservice:
        """Analyse it."""
        return self.analysis.run(self.findings)


def open_source(bundle: Path | None, manifests: Sequence[Path], files: Files) -> Opened:
    """Open a bundle, or directories (which win, as upstream). Raises `ScanError` when there is nothing to analyse."""
    if manifests:
        return _of_directories(manifests, files)
    if bundle is not None:
        return _of_bundle(bundle, files)
    raise ScanError("one of --bundle or --manifests is required")


def jobs(opened: Opened, keys: Iterable[str], consulted: Consulted) -> list[Job]:
    """Return one job per hostname, sorted, the first directory's; another one with the same hostname is a finding."""
    by_hostname: dict[str, list[Job]] = {}
    for key in keys:
        with consulted.noted() as seen:
            analysis = opened.services[key]()
        same = by_hostname.setdefault(analysis.hostname, [])
        if all(analysis.directory != other.analysis.directory for other in same):
            same.append(Job(key, analysis, opened.findings, frozenset(seen)))
        if len(same) > 1:
            # Which one is the first, and that there are others, concerns them all.
            consulted.note(seen.union(*(other.consulted for other in same)))
    return [
        replace(same[0], findings=(*opened.findings, *_doubles([job.analysis for job in same])))
        for _, same in sorted(by_hostname.items())
    ]


def _doubles(same: list[ServiceAnalysis]) -> Iterable[Finding]:
    first, *others = same
    for other in others:
        yield Finding(
            "duplicate-hostname",
            Severity.BLOCKING,
            f"{first.hostname} is the hostname of {first.directory.name} and of {other.directory.name}; rename one",
            Location(f"{other.directory.name}/{MANIFEST}", 1),
        )


def _of_bundle(bundle: Path, files: Files) -> Opened:
    path = os.path.realpath(bundle)
    folder, name = os.path.split(path)
    libraries = _libraries(*source_root(folder, files), files)
    modules = libraries.apis.packages.modules
    directory = _main_directory(folder, modules)
    if name not in files.list(directory).files:
        raise ScanError(f"resolve bundle: {bundle} does not exist, or is no file")
    package = libraries.apis.packages.load(directory, modules.import_path(directory))
    for label, problem in package.problems:
        if label == directory.tree.name(path):
            raise ScanError(f"resolve bundle: {label}:{problem.line}: {problem.message}")
    read = read_bundle(package, libraries.apis.packages)
    if not read.import_paths:
        raise ScanError(f"no app.Add(...) services found in {directory.tree.name(path)}")

    def starter(import_path: str) -> Callable[[], ServiceAnalysis]:
        def start() -> ServiceAnalysis:
            found = modules.resolve(import_path)
            if found is None:
                raise ScanError(
                    f"resolve bundle: package {import_path} cannot be found; "
                    "vendor its module (go mod vendor) or download it (go mod download)"
                )
            return ServiceAnalysis(read_hostname(files, found), found, libraries, read)

        return start

    findings = findings_of_main(read, libraries.apis)
    return Opened(findings, {import_path: starter(import_path) for import_path in read.import_paths})


def _of_directories(manifests: Sequence[Path], files: Files) -> Opened:
    by_root: dict[tuple[str, bool], Libraries] = {}

    def starter(real: str) -> Callable[[], ServiceAnalysis]:
        def start() -> ServiceAnalysis:
            root = source_root(real, files)
            libraries = by_root.get(root) or by_root.setdefault(root, _libraries(*root, files))
            directory = _main_directory(real, libraries.apis.packages.modules)
            return ServiceAnalysis(read_hostname(files, directory), directory, libraries)

        return start

    return Opened((), {real: starter(real) for real in map(os.path.realpath, manifests)})


def _libraries(root: str, is_work: bool, files: Files) -> Libraries:
    packages = Packages(Modules(Tree(root), files, is_work=is_work), files, EXPORTED)
    return Libraries(Apis(packages, knows_core=True))


def _main_directory(path: str, modules: Modules) -> Directory:
    """Return the directory `path` of a main module. Raises `ScanError` for one that the go.work leaves out."""
    directory = modules.directory(path)
    if not modules.is_main(directory):
        raise ScanError(
            f"{directory.name} is in a module that go.work does not use; run go work use there, or set GOWORK=off"
        )
    return directory
