"""Files with dot imports read as if their imports had names; lines stay where they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import GO_MOD, write

from gencreds.golang.files import Files, Tree
from gencreds.golang.limits import Limits
from gencreds.golang.modules import Modules
from gencreds.golang.package import Package
from gencreds.golang.packages import Packages

_Q = """package q

const Host, other = "q.host", ""

var Var int

type (
	Type  struct{ Field int }
	Alias = int
)

func Func() int { return 0 }

func (Type) Method() {}
"""


def _package(root: Path, source: str, *, q: str = _Q, **more: str) -> Package:
    write(
        root, {"go.mod": GO_MOD, "q/q.go": q, "p/p.go": source, **{f"p/{name}.go": text for name, text in more.items()}}
    )
    files = Files(Limits())
    modules = Modules(Tree(str(root.resolve())), files)
    package = Packages(modules, files, {"x.org/pub": frozenset({"GET"})}).find("example.com/shop/p")
    assert package is not None
    return package


def _lines(data: bytes) -> str:
    """What a file was read as, without the semicolons at its lines' ends."""
    return data.decode().replace(";\n", "\n")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("var _ = Host", "var _ = q.Host"),
        ("var _ Type", "var _ q.Type"),
        ("var _ = Type{Field: Func()}", "var _ = q.Type{Field: q.Func()}"),
        ("var _ = &Type{Host: 1}", "var _ = &q.Type{Host: 1}"),
        ("type S struct{ Type; Func func() Alias }", "type S struct{ q.Type; Func func() q.Alias }"),
        (
            "func f(a Alias) (b *Type) { return a.Host + x.Type }",
            "func f(a q.Alias) (b *q.Type) { return a.Host + x.Type }",
        ),
        ("func f() { Host() ; Var = 2; Var++ }", "func f() { q.Host() ; q.Var = 2; q.Var++ }"),
        ("func (s S) Func() {}", "func (s S) Func() {}"),
        ("func f[T Type](x T) { g[Type](x) }", "func f[T q.Type](x T) { g[q.Type](x) }"),
        ("var _ = other", "var _ = other"),
        ("var _ = Method", "var _ = Method"),
        ("// Host\nvar _ = `Host`", "// Host\nvar _ = `Host`"),
    ],
)
def test_names_that_come_through_a_dot_are_qualified(tmp_path: Path, written: str, read: str) -> None:
    package = _package(tmp_path, f'package p\n\nimport . "example.com/shop/q"\n\n{written}\n')
    assert package.problems == ()
    (file,) = package.files
    assert _lines(file.data) == f'package p\n\nimport q  "example.com/shop/q"\n\n{read}\n'
    assert file.imports[0].alias == "q"


def test_the_name_that_is_given_is_used_by_nothing_else(tmp_path: Path) -> None:
    (file,) = _package(tmp_path, 'package p\n\nimport . "example.com/shop/q"\n\nvar q = Host\n').files
    assert _lines(file.data).endswith("var q = q_.Host\n")


def test_a_package_without_source_is_known_by_what_it_is_said_to_export(tmp_path: Path) -> None:
    (file,) = _package(tmp_path, 'package p\n\nimport . "x.org/pub"\n\nvar _ = GET(PUT)\n').files
    assert _lines(file.data).endswith("var _ = pub.GET(PUT)\n")


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('import . "example.com/shop/q"\n\nfunc f(Host string) {}\n', "declares Host"),
        ('import . "example.com/shop/q"\n\nfunc f() {\n\tHost, x := 1, 2\n}\n', "declares Host"),
        ('import . "example.com/shop/q"\n\nfunc f() {\n\tfor Host := range x {\n\t}\n}\n', "declares Host"),
        ('import . "example.com/shop/q"\n\nfunc f() {\n\tvar Host = 1\n}\n', "declares Host"),
        ('import . "example.com/shop/q"\n\nfunc f() {\n\tswitch Host := x.(type) {\n\t}\n}\n', "declares Host"),
        ('import . "example.com/shop/q"\n\nfunc Func() {}\n', "Func is declared elsewhere"),
        ('import (\n\t. "example.com/shop/q"\n\t. "example.com/shop/r"\n)\n', "Host is declared elsewhere"),
        ('import . "example.com/shop/none"\n', "cannot be read"),
        ('import . "x.org/ordersapi"\n', "cannot be read"),
        ('import . "example.com/shop/p"\n', "cannot be read"),
    ],
)
def test_what_cannot_be_told_apart_is_a_problem(tmp_path: Path, source: str, complaint: str) -> None:
    write(tmp_path, {"r/r.go": 'package r\n\nconst Host = "r"\n'})
    ((_, problem),) = _package(tmp_path, f"package p\n\n{source}").problems
    assert problem.rule == "dot-import"
    assert complaint in problem.message


def test_packages_that_import_one_another_with_dots_end(tmp_path: Path) -> None:
    q = 'package q\n\nimport . "example.com/shop/p"\n\nconst Host = P\n'
    package = _package(tmp_path, 'package p\n\nimport . "example.com/shop/q"\n\nconst P = Host\n', q=q)
    assert {problem.rule for _, problem in package.problems} <= {"dot-import"}


@pytest.mark.parametrize("path", ["fmt", "github.com/onsi/gomega"])
def test_other_packages_are_left_alone(tmp_path: Path, path: str) -> None:
    source = f'package p\n\nimport . "{path}"\n\nvar _ = Host\n'
    package = _package(tmp_path, source)
    assert (package.problems, _lines(package.files[0].data)) == ((), source)
