"""Reads go.mod and go.work: which modules there are, in which versions, replaced by what. Used by `workspace`.

Source: the Go Modules Reference, "go.mod files" and "Workspaces". Directives that resolve nothing are passed over,
also ones that Go does not know yet; those that do resolve something must be well-formed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gencreds.golang.literals import string_value
from gencreds.golang.versions import is_newer

GO_MOD = "go.mod"
GO_WORK = "go.work"

# Replacements by (module, version), the version empty for all of them; to (path, version), that empty for a directory.
Replacements = Mapping[tuple[str, str], tuple[str, str]]

_TOKEN = re.compile(r"""//.*|"(?:[^"\\]|\\.)*"|`[^`]*`|[()]|=>|(?:(?!//|=>)[^\s"`()])+|["`]""")


class ModuleFileInvalid(ValueError):
    """go.mod or go.work is malformed; the message says in which line and how."""


@dataclass(frozen=True)
class GoMod:
    """What a go.mod says. `go` is the language version, `require` the highest version required of each module."""

    module: str = ""
    go: str = ""
    require: Mapping[str, str] = field(default_factory=dict)
    replace: Replacements = field(default_factory=dict)


@dataclass(frozen=True)
class GoWork:
    """What a go.work says: the directories of its modules as written, and replacements that override the modules'."""

    use: tuple[str, ...]
    replace: Replacements


@dataclass(frozen=True)
class _Line:
    number: int
    directive: str
    words: tuple[str, ...]


def parse_go_mod(text: str) -> GoMod:
    """Read go.mod. Raises `ModuleFileInvalid`."""
    module = go = ""
    required: list[tuple[str, str]] = []
    excluded: set[tuple[str, str]] = set()
    replace: dict[tuple[str, str], tuple[str, str]] = {}
    for line in _lines(text):
        if line.directive == "module":
            (path,) = _words(line, 1, 1)
            if module:
                raise ModuleFileInvalid(f"line {line.number}: a second module line")
            module = path
        elif line.directive == "go":
            (go,) = _words(line, 1, 1)
        elif line.directive == "require":
            path, version = _words(line, 2, 2)
            required.append((path, version))
        elif line.directive == "exclude":
            path, version = _words(line, 2, 2)
            excluded.add((path, version))
        elif line.directive == "replace":
            _replace(line, replace)
    require: dict[str, str] = {}
    for path, version in required:
        # As Go since 1.16: a requirement of an excluded version is none.
        if (path, version) not in excluded and (path not in require or is_newer(version, require[path])):
            require[path] = version
    return GoMod(module, go, require, replace)


def parse_go_work(text: str) -> GoWork:
    """Read go.work. Raises `ModuleFileInvalid`."""
    use: dict[str, None] = {}
    replace: dict[tuple[str, str], tuple[str, str]] = {}
    for line in _lines(text):
        if line.directive == "use":
            (path,) = _words(line, 1, 1)
            use[path] = None
        elif line.directive == "replace":
            _replace(line, replace)
    return GoWork(tuple(use), replace)


def is_local_path(path: str) -> bool:
    """Return whether the right side of a replacement names a directory rather than a module."""
    return path in (".", "..") or path.startswith(("./", "../", "/"))


def _replace(line: _Line, replace: dict[tuple[str, str], tuple[str, str]]) -> None:
    words = line.words
    arrow = words.index("=>") if "=>" in words else -1
    left, right = words[:arrow], words[arrow + 1 :]
    if arrow not in (1, 2) or len(right) not in (1, 2) or (len(right) == 1) != is_local_path(right[0]):
        raise ModuleFileInvalid(
            f"line {line.number}: replace needs 'module [version] => module version' or '=> ./directory'"
        )
    key = (left[0], left[1] if len(left) > 1 else "")
    target = (right[0], right[1] if len(right) > 1 else "")
    if replace.setdefault(key, target) != target:
        raise ModuleFileInvalid(f"line {line.number}: {' '.join(left)} is replaced twice")


def _words(line: _Line, least: int, most: int) -> tuple[str, ...]:
    if not least <= len(line.words) <= most:
        raise ModuleFileInvalid(f"line {line.number}: {line.directive} is followed by {len(line.words)} words")
    return line.words


def _lines(text: str) -> Iterator[_Line]:
    """Yield each directive with its words, those in a block one by one."""
    block = ""
    for number, raw in enumerate(text.split("\n"), 1):
        words = _tokens(number, raw)
        if not words:
            continue
        if block:
            if words == [")"]:
                block = ""
            else:
                yield _Line(number, block, tuple(map(_unquoted, words)))
        elif len(words) == 2 and words[1] == "(":
            block = words[0]
        elif len(words) > 2 and words[1] == "(" and words[-1] == ")":
            if len(words) > 3:
                raise ModuleFileInvalid(f"line {number}: a block starts on a line of its own")
        else:
            yield _Line(number, words[0], tuple(map(_unquoted, words[1:])))
    if block:
        raise ModuleFileInvalid(f"the block {block!r} is not closed")


def _tokens(number: int, raw: str) -> list[str]:
    found = [token for token in _TOKEN.findall(raw) if not token.startswith("//")]
    if '"' in found or "`" in found:
        raise ModuleFileInvalid(f"line {number}: a quoted string is not closed")
    return found


def _unquoted(word: str) -> str:
    return string_value(word) if word[0] in '"`' else word
