"""No mutant of a microservice's source widens a grant without a call site that says so.

Each mutant that is Go is scanned in place of the file it was made of. A grant that the corpus' own source does not give
must rest on what was changed: its call site, a call on the way to it, the function around one of them, or a declaration
or assignment, in a changed line, of a name that such a function uses. A part of what the source gives anyway, one host
in place of any, widens nothing. `test_widening` runs a part of it; `python -m tests.golden.widening` (in `make
differential`) more, and prints what is left.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from tests.contract.go_mutants import Mutants
from tree_sitter import Node

from gencreds.golang.limits import Limits
from gencreds.golang.syntax import GoFile, line_of
from gencreds.microbus.model import Access, AccessKind, Endpoint
from gencreds.pipeline import ScanError

from .corpus import CASES, Trees, is_refused, scan_tree

_WORD = re.compile(rb"[A-Za-z_]\w*")
_CALLED = re.compile(rb"([A-Za-z_]\w*)\(")
# What a statement sets that others see: fields, elements of literals, package variables.
_SET = re.compile(rb"([A-Za-z_]\w*)(?:\[[^\]]*\])?(?: ?[-+|&]?=[^=]|:[^=])")

# What a struct embeds: its members are the struct's, without the name.
_STRUCT = re.compile(rb"^type (\w+) struct \{$(.*?)^\}", re.MULTILINE | re.DOTALL)
_EMBEDDED = re.compile(rb"^\s*\*?(?:\w+\.)?(\w+)\s*;?$", re.MULTILINE)

_TRUST_ROOT = 666
_Key = tuple[str, AccessKind, Endpoint]


@dataclass(frozen=True)
class Outcome:
    """What a run came to: mutants that were scanned, the grants they add, and those that nothing explains."""

    scanned: int
    added: int
    unexplained: tuple[str, ...]


def widening(mutants: int, seed: int, trees: Trees) -> Outcome:
    """Scan `mutants` mutants of the corpus' service files, of which those count that are Go."""
    files = tuple(_service_files())
    made = Mutants([(case / name).read_bytes() for case, name in files], seed)
    copies: dict[Path, Path] = {}
    known: dict[Path, set[_Key]] = {}
    scanned = added = 0
    unexplained: list[str] = []
    for index, (which, source) in enumerate(made.first(mutants)):
        case, name = files[which]
        if GoFile(name, source, Limits().nesting).problem is not None:
            continue
        if case not in copies:
            copies[case] = trees.copy(case, f"widening-{seed}-{case.name}")
            # What was refused as a whole was in the source, too.
            known[case] = {key for key, _ in _granted(trees.of(case), refused=True)}
        path = copies[case] / name
        original = path.read_bytes()
        path.write_bytes(source)
        try:
            after = dict(_granted(copies[case]))
        finally:
            path.write_bytes(original)
        scanned += 1
        change = _Change(copies[case], name, original, source)
        for key in after.keys() - known[case]:
            if any(_covers(each, key) for each in known[case]):
                continue
            added += 1
            if not change.explains(after[key]):
                unexplained.append(f"{index} {case.name}/{name}: {key[1]} {key[2]} at {after[key][0].location}")
    return Outcome(scanned, added, tuple(unexplained))


def _service_files() -> Iterator[tuple[Path, str]]:
    for case in CASES:
        for path in sorted(case.rglob("*.go")):
            if path.name in ("service.go", "intermediate.go") or (path.parent / "manifest.yaml").exists():
                yield case, path.relative_to(case).as_posix()


def _granted(tree: Path, *, refused: bool = False) -> Iterator[tuple[_Key, list[Access]]]:
    """Yield what the microservices below `tree` are granted, with the call sites; `refused`: also those refused."""
    found: dict[_Key, list[Access]] = {}
    try:
        services = scan_tree(tree)
    except ScanError:
        return
    for service in services:
        if is_refused(service) and not refused:
            continue
        for access in service.accesses:
            found.setdefault((service.hostname, access.kind, access.endpoint), []).append(access)
    yield from found.items()


def _covers(wide: _Key, narrow: _Key) -> bool:
    """Whether the grant `wide` allows all that `narrow` does; what may be any port is no trust root's."""
    one, other = wide[2], narrow[2]
    return (
        wide[:2] == narrow[:2]
        and one.host in (None, other.host)
        and (one.port == other.port or (not one.port and other.port != _TRUST_ROOT))
        and one.method in ("ANY", other.method)
        and one.path in (None, other.path)
    )


class _Change:
    """What a mutant changed: lines, and the names of what they define."""

    def __init__(self, tree: Path, name: str, before: bytes, after: bytes) -> None:
        self._tree, self._name = tree, name
        old, new = before.split(b"\n"), after.split(b"\n")
        gone: set[int] = set()
        self._lines: set[int] = set()
        for tag, start, end, other, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                # What was taken out between two lines is a change of both.
                self._lines.update(range(other, max(last, other + 1) + 1))
                gone.update(range(start + 1, end + 1))
        self._after = GoFile(name, after, Limits().nesting)
        self._names = _defined(GoFile(name, before, Limits().nesting), gone) | _defined(self._after, self._lines)
        # Whom nobody calls any more has parameters that nobody knows.
        declared = {_function(self._after, node) for node in self._after.declarations}
        self._names |= declared.intersection(_CALLED.findall(b"\n".join(old[line - 1] for line in gone)))
        self._names |= {
            name for name, body in _STRUCT.findall(before) if not self._names.isdisjoint(_EMBEDDED.findall(body))
        }
        # Who calls a function that was changed, or uses what one sets, rests on it.
        while more := {
            function
            for node in self._after.declarations
            if (function := _function(self._after, node)) and function not in self._names and self._uses(node)
        }:
            self._names |= more

    def explains(self, accesses: Sequence[Access]) -> bool:
        """Whether one of the call sites, or what it rests on, was changed."""
        return any(
            self._is_changed(place.file, place.line) for access in accesses for place in (access.location, *access.via)
        )

    def _is_changed(self, file: str, line: int) -> bool:
        if file != self._name:
            path = self._tree / file
            text = path.read_bytes() if path.exists() else b""
            return not self._names.isdisjoint(_WORD.findall(text))
        return line in self._lines or any(self._uses(node) for node in self._after.declarations if line in _lines(node))

    def _uses(self, node: Node) -> bool:
        text = self._after.data[node.start_byte : node.end_byte]
        return not (self._lines.isdisjoint(_lines(node)) and self._names.isdisjoint(_WORD.findall(text)))


def _defined(file: GoFile, lines: set[int]) -> set[bytes]:
    """Return the names that the changed `lines` of `file` may give another meaning to, outside of their function."""
    names: set[bytes] = set()
    text = file.data.split(b"\n")
    inside: set[int] = set()
    for node in file.declarations:
        if lines.isdisjoint(_lines(node)) or not (function := _function(file, node)):
            continue
        names.add(function)
        inside.update(_lines(node))
        # With another receiver or parameters, everything that it sets may be something else's.
        changed = _lines(node) if line_of(node) in lines else lines.intersection(_lines(node))
        for line in changed:
            names.update(_SET.findall(text[line - 1]))
    for line in lines - inside:
        names.update(_WORD.findall(text[line - 1]) if line <= len(text) else ())
    return names


def _function(file: GoFile, node: Node) -> bytes:
    name = node.child_by_field_name("name") if node.type in ("function_declaration", "method_declaration") else None
    return file.data[name.start_byte : name.end_byte] if name is not None else b""


def _lines(node: Node) -> range:
    return range(line_of(node), node.end_point.row + 2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.widening")
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory:
        outcome = widening(given.mutants, given.seed, Trees(Path(directory)))
    print(
        f"seed {given.seed}: {outcome.scanned} of {given.mutants} mutants are Go; they add {outcome.added} grants, "
        f"{len(outcome.unexplained)} of them unexplained",
        *outcome.unexplained,
        sep="\n",
    )
    return int(bool(outcome.unexplained))


if __name__ == "__main__":
    sys.exit(main())
