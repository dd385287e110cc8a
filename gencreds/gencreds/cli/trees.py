"""The sides that `diff` compares and the source that `verify` reads: a tree, a report, a revision."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING, TextIO

from gencreds.cli import inputs
from gencreds.cli.failing import CommandFailed, os_message
from gencreds.cli.flags import Flag, Values
from gencreds.cli.reading import read_bounded
from gencreds.cli.revisions import commit_of, here, unpacked
from gencreds.golang.limits import Limits
from gencreds.golang.workspace import module_root, work_root
from gencreds.report import MAX_REPORT_BYTES, Report, ReportInvalid, report_of

if TYPE_CHECKING:
    from gencreds.microbus.model import Microservice

BUNDLE = Flag("bundle", "", "comma-separated main.go files inside a tree (default main/main.go, else main.go)")
CONFINED = Flag("confined", False, "read nothing outside a source's own tree")
_LIKELY = ("main/main.go", "main.go")


@dataclass(frozen=True)
class Source:
    """What was read of one side: a finished `report`, or microservices; `prefix` is what leads to their files.

    `prefix` is relative to the working directory, or to a revision's top, and empty or with a final slash.
    """

    label: str
    report: Report | None = None
    microservices: tuple[Microservice, ...] = ()
    prefix: str = ""

    def on(self, plane: str) -> Report:
        """Return the report; `plane` is for what is not one yet."""
        return self.report if self.report is not None else report_of(self.microservices, plane)


def read_side(word: str, values: Values, complaints: TextIO) -> Source:
    """Return what `word` names: a path, or a revision; raises `CommandFailed` if it is neither, or both."""
    revision, colon, inside = word.partition(":")
    path = Path(word)
    exists = bool(word) and os.path.lexists(path)
    # A name that can be a path alone is not asked of git, which need not be there.
    commit = None if exists and word.startswith((".", "/")) else commit_of(revision)
    if exists and commit:
        raise CommandFailed(f"{word!r} is a path and a revision; write ./{word} or {word}:")
    if exists:
        return _report(path) if path.suffix == ".json" and path.is_file() else read_tree(word, values, complaints)
    if commit is None:
        raise CommandFailed(f"{word!r} is no tree, no report and no git revision; give a path, or REVISION:path")
    within = _inside(word, colon, inside)
    with unpacked(commit, revision, Limits()) as root:
        return _read(root / within, root, word, values, complaints)


def read_tree(word: str, values: Values, complaints: TextIO) -> Source:
    """Return what the source at the path `word`, a main.go or a folder, does; raises `CommandFailed`."""
    return _read(Path(word), Path.cwd(), word, values, complaints)


def prefix_of(folder: str, top: Path, *, confined: bool) -> str:
    """Return what leads from `top` to the files of the source that `folder` is in; nothing where it is not inside."""
    root = work_root(folder, confined=confined) or module_root(folder) or folder
    relative = os.path.relpath(root, top).replace(os.sep, "/")
    return "" if relative.startswith("..") or relative == "." else f"{relative}/"


def _inside(word: str, colon: str, inside: str) -> str:
    """Return a revision's path from its top: as git has it, `REV:path`, or from here with `REV:./path` and without."""
    relative = not colon or inside.startswith(("./", "../")) or inside in (".", "..")
    within = normpath((here() if relative else "") + inside or ".")
    if within.startswith(("../", "/")) or within == ".." or "\0" in within:
        raise CommandFailed(f"{word!r}: the path leads out of the repository")
    return within


def _read(path: Path, top: Path, label: str, values: Values, complaints: TextIO) -> Source:
    try:
        bundles = _bundles(path, label, values.text("bundle"))
        found = inputs.of_bundles(bundles, complaints, confined=values.switch("confined"), quiet=values.switch("quiet"))
    except CommandFailed as error:
        # A private folder's name means nothing to people.
        raise CommandFailed(str(error).replace(str(top), label) if str(top) != os.getcwd() else str(error)) from None
    prefix = prefix_of(os.path.dirname(os.path.realpath(bundles[0])), top, confined=values.switch("confined"))
    return Source(label, microservices=tuple(found), prefix=prefix)


def _bundles(path: Path, label: str, given: str) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise CommandFailed(f"{label}: there is no such tree")
    named = [part.strip() for part in given.split(",") if part.strip()]
    names: Sequence[str] = named or [name for name in _LIKELY if (path / name).is_file()][:1]
    if not names:
        raise CommandFailed(f"{label}: it holds no main/main.go; say with -bundle where its bundle's main.go is")
    for name in names:
        if not (path / name).is_file():
            raise CommandFailed(f"{label}: it holds no {name}; -bundle is relative to the tree")
    return [path / name for name in names]


def _report(path: Path) -> Source:
    try:
        return Source(str(path), Report.from_json(read_bounded(path, MAX_REPORT_BYTES + 1)))
    except OSError as error:
        raise CommandFailed(os_message("open", error)) from None
    except ReportInvalid as error:
        raise CommandFailed(f"{path}: {error}") from None
