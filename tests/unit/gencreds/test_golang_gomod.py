"""go.mod and go.work are read as Go reads them, as far as they say where packages are."""

from __future__ import annotations

import pytest

from gencreds.golang.gomod import ModuleFileInvalid, parse_go_mod, parse_go_work
from gencreds.golang.versions import is_newer

_GO_MOD = """// Deprecated: use another.
module "example.com/shop" // the shop

go 1.24.1
toolchain go1.25.0
godebug default=go1.21

require (
	example.com/lib v1.2.3
	`example.com/raw` v0.1.0 // indirect
	example.com/twice v1.9.0
	example.com/twice v1.10.0
	example.com/excluded v1.0.0//indirect
)

require example.com/local v0.0.0
exclude example.com/excluded v1.0.0

retract (
	v1.0.0 // broken
	[v1.1.0, v1.2.0]
)
tool example.com/lib/cmd
ignore ./node_modules
future thing => ( not )

replace example.com/local => "./third/local"

replace (
	example.com/lib => ../outside
	example.com/lib v1.2.3 => example.com/fork v2.0.0+incompatible
)
"""


def test_every_directive_is_read_or_passed_over() -> None:
    go_mod = parse_go_mod(_GO_MOD)
    assert (go_mod.module, go_mod.go) == ("example.com/shop", "1.24.1")
    assert go_mod.require == {
        "example.com/lib": "v1.2.3",
        "example.com/raw": "v0.1.0",
        "example.com/twice": "v1.10.0",
        "example.com/local": "v0.0.0",
    }
    assert go_mod.replace == {
        ("example.com/local", ""): ("./third/local", ""),
        ("example.com/lib", ""): ("../outside", ""),
        ("example.com/lib", "v1.2.3"): ("example.com/fork", "v2.0.0+incompatible"),
    }


def test_windows_line_ends_change_nothing() -> None:
    assert parse_go_mod(_GO_MOD.replace("\n", "\r\n")) == parse_go_mod(_GO_MOD)


def test_a_go_work_says_what_it_uses_and_replaces() -> None:
    go_work = parse_go_work('go 1.24\n\nuse .\nuse (\n\t./a\n\t"../b c" // there\n)\n\nreplace x.org/y v1.0.0 => ./y\n')
    assert go_work.use == (".", "./a", "../b c")
    assert go_work.replace == {("x.org/y", "v1.0.0"): ("./y", "")}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("module a\nmodule b\n", "line 2: a second module line"),
        ("module\n", "line 1: module is followed by 0 words"),
        ("require a.org/b\n", "line 1: require is followed by 1 words"),
        ("require (\n\ta.org/b v1.0.0\n", "block 'require' is not closed"),
        ('module "a\n', "line 1: a quoted string is not closed"),
        ("replace a.org/b => a.org/c\n", "line 1: replace needs"),
        ("replace a.org/b => ./c v1.0.0\n", "line 1: replace needs"),
        ("replace => ./c\n", "line 1: replace needs"),
        ("replace a.org/b => ./c\nreplace a.org/b => ./d\n", "line 2: a.org/b is replaced twice"),
        ("require ( a.org/b v1.0.0 )\n", "line 1: a block starts on a line of its own"),
    ],
)
def test_what_is_malformed_is_refused_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(ModuleFileInvalid, match=complaint):
        parse_go_mod(text)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("v1.10.0", "v1.9.0"),
        ("v1.0.0", "v1.0.0-rc.1"),
        ("v1.0.0-rc.10", "v1.0.0-rc.9"),
        ("v1.0.0-rc", "v1.0.0-1"),
        ("v1.0.0-rc.1", "v1.0.0-rc"),
        ("v0.0.0-20240102000000-abcdefabcdef", "v0.0.0-20230102000000-abcdefabcdef"),
        ("v2.0.0+incompatible", "v1.9.9"),
        ("v0.0.1", "latest"),
    ],
)
def test_versions_are_compared_as_go_compares_them(newer: str, older: str) -> None:
    assert is_newer(newer, older)
    assert not is_newer(older, newer)
