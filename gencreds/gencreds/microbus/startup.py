"""What runs in `Init` closures beside their own text: functions of the main package and of packages that help it.

`closures` takes them in as the microservice's doing. A function of the main package counts where nothing but `Init`
closures names it; of other packages, what main calls outside of them is `beside`, and nobody can tell who is calling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gencreds.golang.package import COMMENTS
from gencreds.golang.packages import Function, Package, function_at
from gencreds.golang.syntax import GoFile

_NAME = re.compile(rb"(?:([A-Za-z_]\w*)%(c)s\.%(c)s|(\.)%(c)s)?([A-Za-z_]\w*)" % {b"c": COMMENTS})
_WORD = re.compile(rb"[A-Za-z_]\w*")
# Nobody's to call.
_RUN_BY_GO = frozenset({b"main", b"init"})
_COMMENT = re.compile(rb"^[ \t]*//[^\n]*", re.MULTILINE)


@dataclass(frozen=True)
class Span:
    """Bytes of a file of `package` that run on behalf of one microservice."""

    package: Package
    file: GoFile
    start: int
    end: int


class Startup:
    """The functions of the main package and of the packages `helpers` that help it."""

    def __init__(self, main: Package, helpers: Sequence[Package]) -> None:
        self._main = main
        self._packages = {each.import_path: each for each in (main, *helpers)}
        self._names = {path: {*map(_encoded, each.function_names)} for path, each in self._packages.items()}

    def with_helpers(self, closures: Mapping[str, Sequence[Span]]) -> dict[str, tuple[Span, ...]]:
        """Return `closures` with all that they reach, by import path of the microservice."""
        found = {path: self._reached(spans) for path, spans in closures.items()}
        ours = {span for spans in found.values() for span in spans if span.package is self._main}
        kept = self._kept(ours, {span for spans in closures.values() for span in spans})
        return {
            path: tuple(span for span in spans if span.package is not self._main or span in kept)
            for path, spans in found.items()
        }

    def beside(self, closures: Mapping[str, Sequence[Span]], every: Mapping[str, Sequence[Span]]) -> tuple[Span, ...]:
        """Return the functions of the other packages that the main package reaches outside of `every`.

        Those of `closures` themselves are named where they are given to `Init`.
        """
        if len(self._packages) == 1:
            return ()
        given = [span for spans in closures.values() for span in spans]
        parts = self._outside([span for spans in every.values() for span in spans])
        return tuple(span for span in self._reached(parts, given) if span.package is not self._main)

    def _kept(self, spans: set[Span], own: set[Span]) -> set[Span]:
        """Return those of `spans` that are no function which the main package names outside of them."""
        named: dict[bytes, list[Span]] = {}
        for span in spans - own:
            function = function_at(span.file, span.file.declaration_at(span.start) or span.file.root)
            named.setdefault(_encoded(function.name) if function is not None else b"", []).append(span)
        waiting = self._outside([*spans])
        while waiting:
            part = waiting.pop()
            for match in _WORD.finditer(_COMMENT.sub(b"", part.file.data[part.start : part.end])):
                foreign = named.pop(match[0], [])
                spans.difference_update(foreign)
                waiting.extend(foreign)
        return spans

    def _reached(self, start: Sequence[Span], without: Sequence[Span] = ()) -> tuple[Span, ...]:
        """Return `start` and the functions that it calls by name, directly or not; methods with their types alone.

        What is in the spans `without` is left out.
        """
        found = dict.fromkeys(start)
        waiting = list(start)
        words: set[bytes] = set()
        pending: dict[bytes, list[Span]] = {}
        while waiting:
            parts = _parts(waiting.pop(), without)
            fresh = {word for part in parts for word in _WORD.findall(part.file.data, part.start, part.end)} - words
            words |= fresh
            reached = [each for word in fresh for each in pending.pop(word, ())]
            for package, function in (each for part in parts for each in self._named(part)):
                new = Span(package, function.file, function.node.start_byte, function.node.end_byte)
                kind = _encoded(function.receiver_type)
                if not kind or kind in words:
                    reached.append(new)
                else:
                    pending.setdefault(kind, []).append(new)
            for new in reached:
                if new not in found:
                    found[new] = None
                    waiting.append(new)
        return tuple(found)

    def _named(self, span: Span) -> Iterator[tuple[Package, Function]]:
        """Yield the functions, and all methods of such a name, that the text of `span` may mean."""
        data = span.file.data
        aliases = {_encoded(each.alias): self._packages.get(each.path) for each in span.file.imports}
        seen: set[tuple[bytes | None, bytes]] = set()
        for match in _NAME.finditer(data, span.start, span.end):
            qualifier, dot, name = match.groups()
            qualifier = dot or qualifier
            if (qualifier, name) in seen or name in _RUN_BY_GO:
                continue
            seen.add((qualifier, name))
            package = span.package if qualifier is None else aliases.get(qualifier)
            if package is not None:
                yield from ((package, each) for each in self._functions(package, name) if not each.receiver_type)
            elif qualifier not in aliases:
                for other in self._packages.values():
                    yield from ((other, each) for each in self._functions(other, name) if each.receiver_type)

    def _functions(self, package: Package, name: bytes) -> tuple[Function, ...]:
        if name not in self._names[package.import_path]:
            return ()
        return package.functions(name.decode("utf-8", "surrogateescape"))

    def _outside(self, inside: Sequence[Span]) -> list[Span]:
        """Return the parts of the main package's files that are not in the spans `inside`."""
        whole = (Span(self._main, file, 0, len(file.data)) for file in self._main.files)
        return [part for each in whole for part in _parts(each, inside)]


def _parts(span: Span, without: Sequence[Span]) -> list[Span]:
    """Return the parts of `span` that are in none of the spans `without`."""
    found: list[Span] = []
    at = span.start
    inside = (each for each in without if each.file is span.file and each.start < span.end and each.end > span.start)
    for other in sorted(inside, key=lambda each: each.start):
        if at < other.start:
            found.append(replace(span, start=at, end=other.start))
        at = max(at, other.end)
    return [*found, replace(span, start=at)] if at < span.end else found


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
