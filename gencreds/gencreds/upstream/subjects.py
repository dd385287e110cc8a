"""Routes and subjects as upstream's gencreds writes them into an allow-list, with what the runtime does otherwise.

Differences to `gencreds.subjects`: hosts keep their case and their `id-…`; an empty path part is an empty segment; a
greedy argument is `>` wherever it stands; a `*` also swallows a final `>` when covered subjects are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import unquote_to_bytes

TRUST_ROOT_PORT = 666
ANY_ROUTE = "*"

_IN_HOST = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_IN_PATH = _IN_HOST - {ord("_")}
_MOST_PORT = 65535
_HOST = re.compile(r"[0-9A-Za-z\-._~!$&'()*+,;=\u0080-\U0010ffff]+")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


# Subjects by their segments; no segment has a dot in it, so the subject itself stands there.
_END = "."
_Tree: TypeAlias = dict[str, Any]


class Target(NamedTuple):
    """What a rule is about: `host` None is any, `port` 0 any, `path` None anything at all."""

    host: str | None
    port: int
    path: str | None


ANYTHING = Target(None, 0, None)


def resolve(hostname: str, route: str) -> Target | None:
    """Resolve `route` against `hostname`; None for one that upstream drops without a word."""
    if route == ANY_ROUTE:
        return Target(hostname, 0, None)
    if "://" in route:
        url = route
    elif route.startswith("//"):
        url = f"https:{route}"
    else:
        url = f"https://{hostname}{route}" if route[:1] in ("", ":", "/") else f"https://{hostname}/{route}"
    if "`" in url or any(character < " " or character == "\x7f" for character in url):
        return None
    scheme, _, rest = url.partition("://")
    rest = rest.partition("#")[0].partition("?")[0]
    authority, slash, tail = rest.partition("/")
    host, colon, digits = authority.rpartition(":") if ":" in authority else (authority, "", "")
    known = digits.isascii() and digits.isdigit() and len(digits) <= 5 and int(digits) <= _MOST_PORT
    if not _HOST.fullmatch(host) or (digits and not known) or _BAD_ESCAPE.search(tail):
        return None
    port = int(digits) if colon and digits else 80 if scheme.lower() == "http" else 443
    path = unquote_to_bytes((slash + tail).encode("utf-8", "surrogateescape"))
    return Target(host, port, path.decode("utf-8", "surrogateescape"))


def has_host(route: str) -> bool:
    """Return whether `route` names a host of its own."""
    return route.startswith("//") or "://" in route


def flat(host: str) -> str:
    """Return `host` as a subject's segment, in the case that it is written in."""
    return _escaped(host.replace(".", "_"), _IN_HOST)


def pattern(plane: str, source: str, target: Target, method: str) -> str:
    """Return the allow-list's entry for `target`; `source` is flattened already, `*` in a subscription."""
    trust = "danger" if target.port == TRUST_ROOT_PORT else "safe"
    dest = "*" if target.host is None else flat(target.host)
    verb = "*" if method.upper() in ("", "*", "ANY") else method.upper()
    path = ">" if target.path is None else _path(target.path)
    return ".".join((plane, trust, str(target.port or "*"), source, dest, "*", verb, path))


def without_covered(subjects: Iterable[str]) -> list[str]:
    """Return `subjects` in their order without those that another one covers; equal ones stay.

    One after the other, as upstream: a `*` covers a `>`, so it matters which of two comes first.
    """
    kept: dict[str, list[int]] = {}
    tree: _Tree = {}
    for position, subject in enumerate(subjects):
        parts = subject.split(".")
        if any(each != subject for each in _covering(tree, parts)):
            continue
        for covered in [each for each in _covered(tree, parts) if each != subject]:
            del kept[covered]
            _branch(tree, covered.split(".")).pop(_END)
        kept.setdefault(subject, []).append(position)
        _branch(tree, parts)[_END] = subject
    return [subject for _, subject in sorted((at, each) for each, places in kept.items() for at in places)]


def _branch(tree: _Tree, parts: list[str]) -> _Tree:
    for part in parts:
        tree = tree.setdefault(part, {})
    return tree


def _covering(tree: _Tree, parts: list[str]) -> Iterator[str]:
    """Yield the subjects of `tree` that cover the one of `parts`; whatever follows a `>` does not count."""
    waiting = [(tree, 0)]
    while waiting:
        branch, index = waiting.pop()
        if index == len(parts):
            yield from [branch[_END]] if _END in branch else []
            continue
        yield from _all(branch.get(">", {}))
        waiting += [(branch[each], index + 1) for each in {"*", parts[index]} - {">"} if each in branch]


def _covered(tree: _Tree, parts: list[str]) -> Iterator[str]:
    """Yield the subjects of `tree` that the one of `parts` covers."""
    waiting = [(tree, 0)]
    while waiting:
        branch, index = waiting.pop()
        if index == len(parts):
            yield from [branch[_END]] if _END in branch else []
            continue
        part = parts[index]
        names = [name for name in branch if name != _END] if part in ("*", ">") else [part] if part in branch else []
        below = [branch[name] for name in names]
        if part == ">":
            for each in below:
                yield from _all(each)
        else:
            waiting += [(each, index + 1) for each in below]


def _all(tree: _Tree) -> Iterator[str]:
    waiting = [tree]
    while waiting:
        branch = waiting.pop()
        for name, each in branch.items():
            if name == _END:
                yield each
            else:
                waiting.append(each)


def _path(path: str) -> str:
    inner = path.removeprefix("/")
    return ".".join(_part(part) for part in inner.split("/")) if inner else "_"


def _part(part: str) -> str:
    if part.startswith("{") and part.endswith("}"):
        return ">" if part.endswith("...}") else "*"
    return "*" if part == "*" else _escaped(part, _IN_PATH)


def _escaped(text: str, kept: frozenset[int]) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in kept else f"%{byte:02x}" for byte in raw)
