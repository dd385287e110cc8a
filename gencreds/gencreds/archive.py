"""Packs the source that an analysis needs into a reproducible archive, which an image carries along for the operator.

`gencreds bundle` calls `pack`. The archive holds exactly the files that analysing the bundle reads, those of other
modules under `src/vendor/` as `go mod vendor` lays them out, so that it can be analysed without module cache and
network; `pack` proves that by analysing the archive itself. The same source gives the same bytes (with the same zlib).
"""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gencreds.golang.files import Directory, Files, Tree
from gencreds.golang.gomod import GO_MOD, GO_WORK, is_local_path
from gencreds.golang.limits import Limits
from gencreds.golang.modules import Modules
from gencreds.golang.vendoring import VENDOR
from gencreds.golang.workspace import Workspace, inside, source_root
from gencreds.pipeline import ScanError, scan
from gencreds.report import Report, report_of

ARCHIVE_VERSION = 1
DESCRIPTION = "source.json"
TREE = "src"

_PLANE = "microbus"


class BundleRefused(Exception):
    """The source cannot be packed; the message says why and what to do."""


@dataclass(frozen=True)
class Packed:
    """A finished archive: its bytes, the names of the files in it, and the report on the source in it."""

    data: bytes
    names: tuple[str, ...]
    report: Report


class RecordingFiles(Files):
    """Reads as `Files` does and remembers what it read: a file's name in the archive's tree, and its content."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.found: dict[str, bytes] = {}
        self.modules: set[str] = set()

    def read(self, directory: Directory, name: str) -> bytes:
        """Return the file's bytes, and remember them."""
        data = super().read(directory, name)
        inside = name if directory.name == "." else f"{directory.name}/{name}"
        if directory.tree.label:
            self.modules.add(directory.tree.label)
            inside = f"{VENDOR}/{inside}"
        self.found[inside] = data
        return data


def pack(bundle: Path, limits: Limits | None = None) -> Packed:
    """Pack what analysing `bundle` (a main.go) reads. Raises `BundleRefused`, and `ScanError` if it cannot be analysed.

    A source with blocking findings is packed too; the report says so.
    """
    files = RecordingFiles(limits or Limits())
    report = report_of(scan(bundle, files=files), _PLANE)
    folder, file = os.path.split(os.path.realpath(bundle))
    root, is_work = source_root(folder, files)
    if not is_work and not os.path.isfile(os.path.join(root, GO_MOD)):
        raise BundleRefused(f"{bundle}: there is no {GO_MOD} in its directory or above; run go mod init")
    for name in files.found:
        if not name.isprintable() or "\\" in name:
            raise BundleRefused(f"{name!r}: a file's name has a control character or a backslash; rename it")
    modules = Modules(Tree(root), Files(files.limits), is_work=is_work)
    main = f"{_place(modules.directory(folder))}/{file}".removeprefix("./")
    if is_work:
        files.found[GO_WORK] = _go_work(modules.workspace).encode()
    description = {
        "version": ARCHIVE_VERSION,
        "bundle": main,
        "modules": {module: modules.version(module) or "local" for module in sorted(files.modules)},
    }
    members = {f"{TREE}/{name}": data for name, data in files.found.items()}
    members[DESCRIPTION] = (json.dumps(description, indent=2, sort_keys=True) + "\n").encode()
    data = _archive(members)
    if not any(service.blocking for service in report.services) and _report_on(data, main) != report:
        raise BundleRefused(
            f"{bundle}: the archive would be analysed with another result than the tree; run go mod vendor, "
            "and pack again"
        )
    return Packed(data, tuple(sorted(members)), report)


def _place(directory: Directory) -> str:
    """Return where a directory lies in the archive's tree."""
    return f"{VENDOR}/{directory.name}" if directory.tree.label else directory.name


def _go_work(workspace: Workspace) -> str:
    """Return a go.work for the archive's tree: modules from outside of the source root lie under `vendor/` there."""
    lines = [f"use {json.dumps('./' + _place(root))}" for _, root in sorted(workspace.roots.items())]
    for (module, version), target in sorted(workspace.replace.items()):
        path = target.path
        if is_local_path(path):
            real = os.path.realpath(os.path.join(target.folder.path, path))
            tree = target.folder.tree.root if target.folder.tree.label == "" else ""
            path = f"./{VENDOR}/{module}"
            if tree and inside(real, tree):
                path = "./" + os.path.relpath(real, tree).replace(os.sep, "/")
        lines.append(f"replace {module} {version} => {json.dumps(path)} {target.version}".rstrip())
    return "\n".join(lines) + "\n"


def _archive(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in sorted(members):
            entry = tarfile.TarInfo(name)
            entry.size = len(members[name])
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(members[name]))
    return buffer.getvalue()


def unpack(data: bytes, folder: Path) -> None:
    """Write the files of an archive that `pack` made below `folder`, as they are.

    Not with `extractall`: Python's filters for it came with 3.11.4, and whoever gets an archive from elsewhere has to
    read it with bounds anyway, as the operator does.
    """
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is not None:
                path = folder / entry.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


def _report_on(data: bytes, main: str) -> Report | None:
    """Return the report on an archive of ours, from nothing but its content; None where it cannot be analysed."""
    with tempfile.TemporaryDirectory(prefix="gencreds-") as folder:
        unpack(data, Path(folder))
        try:
            return report_of(scan(Path(folder, TREE, main), limits=Limits(confined=True)), _PLANE)
        except ScanError:
            return None
