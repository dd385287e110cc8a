"""From a bundle or a list of directories to what each microservice does. The engine's front door.

`cli` and the operator's analysis call `scan`; nothing is executed, nothing is written, no network is used.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from gencreds.golang.files import Directory, FileRefused, Files, Tree
from gencreds.golang.limits import InputRefused, Limits
from gencreds.golang.modules import Modules, module_root
from gencreds.golang.packages import Packages
from gencreds.golang.syntax import GoFile
from gencreds.microbus.api import Apis
from gencreds.microbus.bundle import read_bundle
from gencreds.microbus.manifest import ManifestInvalid, read_hostname
from gencreds.microbus.model import Microservice
from gencreds.microbus.service import ServiceAnalysis

__all__ = ["Limits", "ScanError", "scan"]


class ScanError(Exception):
    """The scan as a whole is impossible; the message says what to do."""


def scan(bundle: Path | None, manifests: Sequence[Path] = (), limits: Limits | None = None) -> list[Microservice]:
    """Analyse a bundle's microservices, or those in the directories `manifests` (which win, as upstream).

    Returns them sorted by hostname, each hostname once. The same source gives the same result wherever it lies.
    Raises `ScanError` when there is nothing to analyse or a manifest cannot be read.
    """
    files = Files(limits or Limits())
    try:
        if manifests:
            services = _of_directories(manifests, files)
        elif bundle is not None:
            services = _of_bundle(bundle, files)
        else:
            raise ScanError("one of --bundle or --manifests is required")
        return _analysed(services)
    except (ManifestInvalid, InputRefused) as error:
        raise ScanError(str(error)) from error


def _of_bundle(bundle: Path, files: Files) -> list[tuple[str, Directory, Apis]]:
    path = os.path.realpath(bundle)
    folder = os.path.dirname(path)
    tree = Tree(module_root(folder) or folder)
    apis = Apis(Packages(Modules(tree, files), files))
    directory = Directory(tree, folder)
    try:
        data = files.read(directory, os.path.basename(path))
    except FileRefused as error:
        raise ScanError(f"resolve bundle: {bundle}: {error}") from error
    main = GoFile(tree.name(path), data, files.limits.nesting)
    if main.problem is not None:
        raise ScanError(f"resolve bundle: {main.name}:{main.problem.line}: {main.problem.message}")
    added = read_bundle(main)
    if not added.import_paths:
        raise ScanError(f"no app.Add(...) services found in {main.name}")
    found: list[tuple[str, Directory, Apis]] = []
    for import_path in added.import_paths:
        package = apis.packages.modules.resolve(import_path)
        if package is None:
            raise ScanError(
                f"resolve bundle: package {import_path} cannot be found; vendor its module (go mod vendor) or download it"
            )
        found.append((read_hostname(files, package), package, apis))
    return found


def _of_directories(manifests: Sequence[Path], files: Files) -> list[tuple[str, Directory, Apis]]:
    contexts: dict[str, Apis] = {}
    found: list[tuple[str, Directory, Apis]] = []
    for path in manifests:
        real = os.path.realpath(path)
        root = module_root(real) or real
        if root not in contexts:
            contexts[root] = Apis(Packages(Modules(Tree(root), files), files))
        apis = contexts[root]
        directory = Directory(apis.packages.modules.tree, real)
        found.append((read_hostname(files, directory), directory, apis))
    return found


def _analysed(services: Iterable[tuple[str, Directory, Apis]]) -> list[Microservice]:
    by_hostname: dict[str, tuple[Directory, Apis]] = {}
    for hostname, directory, apis in services:
        by_hostname.setdefault(hostname, (directory, apis))
    return [ServiceAnalysis(hostname, *by_hostname[hostname]).run() for hostname in sorted(by_hostname)]
