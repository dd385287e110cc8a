"""From a bundle or a list of directories to what each microservice does. The engine's front door.

`cli` and the operator's analysis call `scan`; nothing is executed, nothing is written, no network is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from gencreds.golang.files import Directory, FileRefused, Files, Tree
from gencreds.golang.limits import InputRefused, Limits
from gencreds.golang.modules import Modules
from gencreds.golang.packages import Packages
from gencreds.golang.workspace import source_root
from gencreds.microbus.api import Apis
from gencreds.microbus.bundle import read_bundle
from gencreds.microbus.closures import findings_of_main
from gencreds.microbus.libraries import Libraries
from gencreds.microbus.manifest import MANIFEST, ManifestInvalid, read_hostname
from gencreds.microbus.model import Finding, Location, Microservice, Severity
from gencreds.microbus.service import ServiceAnalysis

__all__ = ["Limits", "Progress", "ScanError", "scan"]

Progress = Callable[[int, int], None] | None
"""Told after each microservice how many are done, and of how many."""


class ScanError(Exception):
    """The scan as a whole is impossible; the message says what to do."""


def scan(
    bundle: Path | None,
    manifests: Sequence[Path] = (),
    limits: Limits | None = None,
    files: Files | None = None,
    progress: Progress = None,
) -> list[Microservice]:
    """Analyse a bundle's microservices, or those in the directories `manifests` (which win, as upstream).

    Returns them sorted by hostname, each hostname once. The same source gives the same result wherever it lies.
    `files` is for a caller who wants to know what was read; it brings its own limits. `progress` is told how far
    it is, after each microservice.
    Raises `ScanError` when there is nothing to analyse or a manifest cannot be read.
    """
    files = files or Files(limits or Limits())
    try:
        if manifests:
            return _of_directories(manifests, files, progress)
        if bundle is not None:
            return _of_bundle(bundle, files, progress)
        raise ScanError("one of --bundle or --manifests is required")
    except (ManifestInvalid, InputRefused) as error:
        raise ScanError(str(error)) from error
    except FileRefused as error:
        raise ScanError(
            f"go.mod or go.work of the source {error}; the analysis cannot tell its packages without it"
        ) from error
    except FileNotFoundError as error:
        raise ScanError("the current directory does not exist any more; change to one that does") from error


def _of_bundle(bundle: Path, files: Files, progress: Progress) -> list[Microservice]:
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
    services: list[tuple[str, Directory]] = []
    for import_path in read.import_paths:
        found = modules.resolve(import_path)
        if found is None:
            raise ScanError(
                f"resolve bundle: package {import_path} cannot be found; "
                "vendor its module (go mod vendor) or download it (go mod download)"
            )
        services.append((read_hostname(files, found), found))
    findings = findings_of_main(read, libraries.apis)
    analyses = [ServiceAnalysis(hostname, directory, libraries, read) for hostname, directory in services]
    return _run(analyses, findings, progress)


def _of_directories(manifests: Sequence[Path], files: Files, progress: Progress) -> list[Microservice]:
    by_root: dict[tuple[str, bool], Libraries] = {}
    analyses: list[ServiceAnalysis] = []
    for path in manifests:
        real = os.path.realpath(path)
        root = source_root(real, files)
        libraries = by_root.get(root) or by_root.setdefault(root, _libraries(*root, files))
        directory = _main_directory(real, libraries.apis.packages.modules)
        analyses.append(ServiceAnalysis(read_hostname(files, directory), directory, libraries))
    return _run(analyses, (), progress)


def _libraries(root: str, is_work: bool, files: Files) -> Libraries:
    return Libraries(Apis(Packages(Modules(Tree(root), files, is_work=is_work), files)))


def _main_directory(path: str, modules: Modules) -> Directory:
    """Return the directory `path` of a main module. Raises `ScanError` for one that the go.work leaves out."""
    directory = modules.directory(path)
    if not modules.is_main(directory):
        raise ScanError(
            f"{directory.name} is in a module that go.work does not use; run go work use there, or set GOWORK=off"
        )
    return directory


def _run(analyses: Sequence[ServiceAnalysis], findings: tuple[Finding, ...], progress: Progress) -> list[Microservice]:
    """Run one analysis per hostname, the first; another directory with the same hostname is a finding of it."""
    by_hostname: dict[str, list[ServiceAnalysis]] = {}
    for analysis in analyses:
        same = by_hostname.setdefault(analysis.hostname, [])
        if all(analysis.directory != other.directory for other in same):
            same.append(analysis)
    found: list[Microservice] = []
    for done, hostname in enumerate(sorted(by_hostname), 1):
        first, *others = by_hostname[hostname]
        doubles = tuple(
            Finding(
                "duplicate-hostname",
                Severity.BLOCKING,
                f"{hostname} is the hostname of {first.directory.name} and of {other.directory.name}; rename one",
                Location(f"{other.directory.name}/{MANIFEST}", 1),
            )
            for other in others
        )
        found.append(first.run((*findings, *doubles)))
        if progress is not None:
            progress(done, len(by_hostname))
    return found
