"""Files for different builds make one package: all of them are read, and where they differ every value counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import GO_MOD, caller, packages, write

from gencreds.golang.builds import constraint, is_never_built
from gencreds.golang.package import Package
from gencreds.microbus.model import Severity
from gencreds.pipeline import scan


def _package(root: Path, **files: str) -> Package:
    write(root, {"go.mod": GO_MOD, **{f"p/{name}.go": text for name, text in files.items()}})
    package = packages(root).find("example.com/shop/p")
    assert package is not None
    return package


@pytest.mark.parametrize(
    ("expression", "never"),
    [
        ("ignore", True),
        ("ignore && linux", True),
        ("linux && ignore", True),
        ("ignore || linux", False),
        ("!ignore", False),
        ("ignored", False),
        ("(ignore)", False),
        ("", False),
    ],
)
def test_a_file_that_every_build_leaves_out_asks_for_the_tag_ignore(expression: str, never: bool) -> None:
    assert is_never_built(expression) is never


@pytest.mark.parametrize(
    ("source", "expression"),
    [
        ("//go:build linux\n\npackage p\n", "linux"),
        ("// About.\n\n//go:build linux && amd64 \r\npackage p\n", "linux && amd64"),
        ("package p\n\n//go:build linux\n", None),
        ("package p\n\n// see //go:build linux\n", None),
        (" //go:build linux\npackage p\n", None),
    ],
)
def test_a_build_constraint_stands_in_front_of_the_package_clause(source: str, expression: str | None) -> None:
    assert constraint(source.encode()) == expression


def test_all_variants_are_read_and_what_no_build_takes_is_not(tmp_path: Path) -> None:
    package = _package(
        tmp_path,
        a="package p\n",
        b_linux="package p\n",
        c="//go:build windows\n\npackage p\n",
        d="//go:build ignore\n\npackage main\n",
        e="package documentation\n",
    )
    assert [file.name for file in package.files] == ["p/a.go", "p/b_linux.go", "p/c.go"]
    assert (package.name, package.problems) == ("p", ())


def test_a_constant_that_differs_between_builds_has_all_values_and_no_single_one(tmp_path: Path) -> None:
    package = _package(
        tmp_path,
        a_linux='package p\n\nconst Host = "linux.host"\n',
        a_windows='package p\n\nconst Host = "windows.host"\n',
        b='package p\n\nconst URL = "https://" + Host + "/x"\n',
    )
    loader = packages(tmp_path)
    ((expr, file),) = package.constants["URL"]
    assert loader.string_constants(expr, file, package) == ("https://linux.host/x", "https://windows.host/x")
    assert loader.string_constant(expr, file, package) is None


def test_a_constant_with_one_value_in_all_builds_has_that_value(tmp_path: Path) -> None:
    package = _package(tmp_path, a_linux='package p\n\nconst Host = "h"\n', a_windows='package p\n\nconst Host = "h"\n')
    expr, file = package.constants["Host"][0]
    assert packages(tmp_path).string_constant(expr, file, package) == "h"


def test_many_variants_of_many_constants_are_no_closed_set(tmp_path: Path) -> None:
    variants = {f"v{i}_linux": f'package p\n\nconst A = "a{i}"\n\nconst B = "b{i}"\n' for i in range(20)}
    package = _package(tmp_path, z="package p\n\nconst C = A + B\n", **variants)
    ((expr, file),) = package.constants["C"]
    assert packages(tmp_path).string_constants(expr, file, package) is None


@pytest.mark.parametrize("clause", ["main", "p_test", "q"])
def test_files_of_another_package_in_the_same_directory_are_refused_as_go_does(tmp_path: Path, clause: str) -> None:
    package = _package(tmp_path, a="package p\n", b=f"package {clause}\n")
    assert [(name, problem.rule) for name, problem in package.problems] == [("p/b.go", "mixed-packages")]
    assert [file.name for file in package.files] == ["p/a.go"]


def test_a_file_of_another_package_under_a_build_tag_is_read_with_the_others(tmp_path: Path) -> None:
    package = _package(tmp_path, a="//go:build tools\n\npackage tools\n", b="package p\n")
    assert (package.name, package.problems) == ("p", ())


def test_a_microservice_of_two_packages_gets_no_list(tmp_path: Path) -> None:
    directory = caller(tmp_path, "package caller\n", **{"caller/tool.go": "package main\n\nfunc main() {}\n"})
    (service,) = scan(None, [directory])
    assert [(finding.rule, finding.severity) for finding in service.findings] == [("mixed-packages", Severity.BLOCKING)]


@pytest.mark.parametrize(
    "text",
    [
        'import "C"\n',
        '// #include <stdio.h>\nimport "C"\n',
        'import _ "embed"\n\n//go:embed data\nvar data string\n',
        "//go:generate go run gen.go\n",
    ],
)
def test_cgo_embedded_files_and_generators_are_harmless(tmp_path: Path, text: str) -> None:
    (service,) = scan(None, [caller(tmp_path, f"package caller\n\n{text}")])
    assert service.findings == ()
