"""Trees of Go source composed from the golden corpus: cases laid over one another, cut, spliced and made odd.

A recipe is a few numbers, so that hypothesis can make and shrink it; the same recipe gives the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from tests.golden.corpus import BASE, CASES, is_whole

Tree = dict[str, bytes]
_DECLARATION = re.compile(rb"^(?=func |type |var |const |import )", re.MULTILINE)
_WORD = re.compile(rb"[A-Za-z_]\w*")
_STRING = re.compile(rb'"[^"\n]*"')
_NAMES = (b"Client", b"svc", b"ctx", b"targetapi", b"NewClient", b"ForHost", b"Load", b"string", b"func", b"nil", b"x")
_TOKENS = (
    *(b"{", b"}", b"(", b")", b"[", b"]", b"...", b"<-", b"go ", b"defer ", b"*", b"&", b".", b"`", b'"', b"/*", b"\n"),
    *(b"range ", b"[T any]", b"chan ", b"map[string]", b":=", b"=", b"+", b"return ", b"switch ", b"case ", b"goto "),
    *(b"\0", b"\xff\xfe", "\u202e".encode(), b"\r\n", b"// gencreds:calls a.example GET /x\n", b"//go:build ignore\n"),
)
_TEXTS = (
    *(b'""', b'"*"', b'"//"', b'"https://"', b'":666/x"', b'":0/{a...}"', b'"{x...}"', b'"\\x1b[31m"', b'"\\u202e"'),
    *(b'"\\xff"', b'"\\n"', b'"a.b-c_d"', b'"https://h.example:99999/"', b'"%s%d"', b'"GET"', b'"' + b"a" * 300 + b'"'),
)
_MANIFESTS = (
    *(
        b"",
        b"general:\n",
        b"general:\n  hostname: 1\n",
        b"general: &a [*a]\n",
        b"general:\n  hostname: [a]\n",
        b"\xff\xfe",
    ),
    *(b"general:\n  hostname: target.example\n", b"%YAML 9\n---\n", b"{" * 200, b'general:\n  hostname: "\\e[1m.x"\n'),
)
_MODULES = (
    *(b"", b"module \n", b"module example.com/shop\nreplace example.com/shop => ./\n", b"module (\n", b"\0"),
    *(b"module example.com/shop\n\nreplace a => ../..\n", b"module example.com/shop\nrequire a v1\nrequire a v2\n"),
    *(b'module "example.com/shop"\n\ngo 1.99\n', b"module example.com/other\n", b"module \xff\n"),
    *(b"module example.com/shop\n\nreplace github.com/microbus-io/fabric => ./target\n",),
)


class Step(NamedTuple):
    """One change: which, and three numbers that choose where and what."""

    kind: int
    one: int
    two: int
    three: int


class Recipe(NamedTuple):
    """The cases that a tree is made of, by number, and what is then done to it."""

    cases: tuple[int, ...]
    steps: tuple[Step, ...]


@cache
def _case(number: int) -> tuple[tuple[str, bytes], ...]:
    case = CASES[number % len(CASES)]
    roots = [case] if is_whole(case) else [BASE, case]
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".acl"
    }
    return tuple(found.items())


def made(recipe: Recipe) -> Tree:
    """Return the tree that `recipe` makes: content by path."""
    tree: Tree = {}
    for number in recipe.cases:
        tree.update(_case(number))
    for step in recipe.steps:
        MUTATIONS[step.kind % len(MUTATIONS)](tree, step)
    return tree


def _pick(names: list[str], number: int) -> str:
    return names[number % len(names)]


def _go(tree: Tree) -> list[str]:
    return sorted(name for name in tree if name.endswith(".go")) or [_new(tree)]


def _new(tree: Tree) -> str:
    tree["caller/new.go"] = b"package caller\n"
    return "caller/new.go"


def declarations(data: bytes) -> list[bytes]:
    """Return the parts of a Go file: what stands before its first declaration, then each of these."""
    return _DECLARATION.split(data)


def _donor(number: int) -> bytes:
    files = [data for name, data in _case(number) if name.endswith(".go")]
    return files[number // 7 % len(files)]


def _splice_declaration(tree: Tree, step: Step) -> None:
    parts = declarations(_donor(step.one))
    tree[_pick(_go(tree), step.two)] += b"\n" + parts[step.three % len(parts)] + b"\n"


def _splice_lines(tree: Tree, step: Step) -> None:
    lines = _donor(step.one).splitlines(keepends=True)
    name = _pick(_go(tree), step.two)
    into = tree[name].splitlines(keepends=True)
    at, start = step.three % (len(into) + 1), step.three // 3 % len(lines)
    tree[name] = b"".join([*into[:at], *lines[start : start + 1 + step.one % 4], *into[at:]])


def _edit_lines(change: Callable[[list[bytes], Step], list[bytes]]) -> Callable[[Tree, Step], None]:
    def edit(tree: Tree, step: Step) -> None:
        name = _pick(_go(tree), step.one)
        tree[name] = b"".join(change(tree[name].splitlines(keepends=True), step))

    edit.__name__ = change.__name__
    return edit


def _delete_lines(lines: list[bytes], step: Step) -> list[bytes]:
    at = step.two % (len(lines) + 1)
    return lines[:at] + lines[at + 1 + step.three % 3 :]


def _repeat_lines(lines: list[bytes], step: Step) -> list[bytes]:
    at = step.two % (len(lines) + 1)
    return lines[:at] + lines[at : at + 1 + step.three % 5] * (2 + step.three % 40) + lines[at:]


def _wrap_lines(lines: list[bytes], step: Step) -> list[bytes]:
    at, count = step.two % (len(lines) + 1), 1 + step.three % 3
    opened, closed = ((b"func() {\n", b"}()\n"), (b"for {\n", b"}\n"), (b"go func(x any) {\n", b"}(nil)\n"))[
        step.three % 3
    ]
    return [*lines[:at], opened, *lines[at : at + count], closed, *lines[at + count :]]


def _turn_lines(lines: list[bytes], step: Step) -> list[bytes]:
    at = step.two % (len(lines) + 1)
    return lines[:at] + lines[at : at + 2 + step.three % 6][::-1] + lines[at + 2 + step.three % 6 :]


def _repeat_declarations(tree: Tree, step: Step) -> None:
    name = _pick(_go(tree), step.one)
    parts = declarations(tree[name])
    tree[name] += b"\n" + parts[step.two % len(parts)] * (1 + step.three % 3)


def _move_declaration(tree: Tree, step: Step) -> None:
    source, target = _pick(_go(tree), step.one), _pick(_go(tree), step.two)
    parts = declarations(tree[source])
    moved = parts.pop(step.three % len(parts))
    tree[source] = b"".join(parts)
    tree[target] += b"\n" + moved


def _move_file(tree: Tree, step: Step) -> None:
    name = _pick(_go(tree), step.one)
    folder = (
        PurePosixPath(_pick(_go(tree), step.two)).parent
        / ("", "inner", "innerapi", "internal", "vendor/x")[step.three % 5]
    )
    data = tree.pop(name)
    package = folder.name.encode() or b"main"
    tree[(folder / PurePosixPath(name).name).as_posix()] = re.sub(
        rb"(?m)^package \w+", b"package " + package, data, count=1
    )


def _copy_file(tree: Tree, step: Step) -> None:
    name = _pick(_go(tree), step.one)
    suffix = ("_more.go", "_linux.go", "_test.go", "2.go", "_amd64.go")[step.two % 5]
    tree[name.removesuffix(".go") + suffix] = tree[name]


def _delete_file(tree: Tree, step: Step) -> None:
    if len(tree) > 1:
        del tree[_pick(sorted(tree), step.one)]


def _truncate(tree: Tree, step: Step) -> None:
    name = _pick(sorted(tree), step.one)
    tree[name] = tree[name][: step.two % (len(tree[name]) + 1)]


def _rename(tree: Tree, step: Step) -> None:
    name = _pick(_go(tree), step.one)
    words = sorted(set(_WORD.findall(tree[name])))
    if words:
        new = (*words, *_NAMES)[step.three % (len(words) + len(_NAMES))]
        tree[name] = re.sub(rb"\b" + words[step.two % len(words)] + rb"\b", new, tree[name])


def _replace_one_word(tree: Tree, step: Step) -> None:
    name = _pick(_go(tree), step.one)
    found = list(_WORD.finditer(tree[name]))
    if found:
        match, words = found[step.two % len(found)], (*(each[0] for each in found), *_NAMES)
        tree[name] = tree[name][: match.start()] + words[step.three % len(words)] + tree[name][match.end() :]


def _insert_token(tree: Tree, step: Step) -> None:
    name = _pick(sorted(tree), step.one)
    at = step.two % (len(tree[name]) + 1)
    tree[name] = tree[name][:at] + _TOKENS[step.three % len(_TOKENS)] + tree[name][at:]


def _replace_text(tree: Tree, step: Step) -> None:
    name = _pick(_go(tree), step.one)
    found = list(_STRING.finditer(tree[name]))
    if found:
        match, texts = found[step.two % len(found)], (*(each[0] for each in found), *_TEXTS)
        tree[name] = tree[name][: match.start()] + texts[step.three % len(texts)] + tree[name][match.end() :]


def _odd_manifest(tree: Tree, step: Step) -> None:
    names = sorted(name for name in tree if name.endswith("manifest.yaml")) or ["caller/manifest.yaml"]
    tree[_pick(names, step.one)] = _MANIFESTS[step.two % len(_MANIFESTS)]


def _odd_module(tree: Tree, step: Step) -> None:
    names = ("go.mod", "go.mod", "go.work", "caller/go.mod", "vendor/modules.txt", "go.sum")
    tree[_pick(list(names), step.one)] = _MODULES[step.two % len(_MODULES)]


MUTATIONS: tuple[Callable[[Tree, Step], None], ...] = (
    _splice_declaration,
    _splice_lines,
    _edit_lines(_delete_lines),
    _edit_lines(_repeat_lines),
    _edit_lines(_wrap_lines),
    _edit_lines(_turn_lines),
    _repeat_declarations,
    _move_declaration,
    _move_file,
    _copy_file,
    _delete_file,
    _truncate,
    _rename,
    _replace_one_word,
    _insert_token,
    _replace_text,
    _odd_manifest,
    _odd_module,
    # Most often what leaves the source valid Go.
    _splice_declaration,
    _splice_declaration,
    _replace_one_word,
    _rename,
    _move_declaration,
    _replace_text,
)
