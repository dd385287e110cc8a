"""Reading Go: bounded, inside its tree, with the line of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gencreds.golang_trees import GO_MOD, packages, write

from gencreds.golang.files import Directory, FileRefused, Files, Tree
from gencreds.golang.limits import InputRefused, Limits
from gencreds.golang.nesting import is_nested_deeper
from gencreds.golang.syntax import GoFile, Import, assumed_name
from gencreds.golang.words import word_offsets


def _tree(root: Path) -> Directory:
    return Directory(Tree(str(root.resolve())), str(root.resolve()))


@pytest.mark.parametrize(
    ("source", "deeper"),
    [
        (b"f(" * 50 + b")" * 50, False),
        (b"f(" * 1001 + b")" * 1001, True),
        (b"a[" * 5000, True),
        (b"{}" * 5000, False),
        (b'"' + b"(" * 5000 + b'"', False),
        (b"`" + b"[" * 5000 + b"`", False),
        (b"/* " + b"{" * 5000 + b" */ // " + b"(" * 5000, False),
        (b"/*" * 5000 + b"(" * 5000, False),
        (b"([{" * 400 + b"}])" * 400, True),
    ],
)
def test_nesting_is_judged_before_the_parser_sees_a_file(source: bytes, deeper: bool) -> None:
    assert is_nested_deeper(source, 1000) is deeper


def test_a_file_nested_too_deeply_is_a_problem_and_never_parsed() -> None:
    file = GoFile("x.go", b"package x\nvar a = " + b"[" * 2000, 1000)
    assert file.problem is not None
    assert file.problem.rule == "nesting-too-deep"
    assert file.root.child_count == 0


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("package x\n\nfunc f() {\n\ta(\n}\n", 5),
        ("package x\n\nfunc f() {\n\tx := := 1\n}\n", 4),
        ("package x\n\nfunc f() {}\n\n)\n", 5),
    ],
)
def test_a_syntax_error_is_a_problem_with_its_line(source: str, line: int) -> None:
    problem = GoFile("x.go", source.encode(), 1000).problem
    assert problem is not None
    assert (problem.rule, problem.line) == ("syntax-error", line)


def test_imports_have_their_alias_or_the_last_part_of_the_path() -> None:
    source = 'package x\n\nimport "a/b"\n\nimport (\n\t. "c"\n\t_ "d"\n\te "f/g" // why\n)\n\nfunc f() {}\n'
    file = GoFile("x.go", source.encode(), 1000)
    assert file.imports == (
        Import("b", "a/b", 3, is_named=False),
        Import(".", "c", 6),
        Import("_", "d", 7),
        Import("e", "f/g", 8),
    )
    assert file.package_name == "x"


def test_words_are_found_whole_only() -> None:
    assert word_offsets(b"sub.At subs _sub sub( sub", [b"sub"]) == [0, 17, 22]


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    """D6: source is hostile."""
    write(tmp_path, {"secret/keys.go": "package secret\n", "src/in.go": "package src\n"})
    (tmp_path / "src" / "out.go").symlink_to(tmp_path / "secret" / "keys.go")
    (tmp_path / "src" / "folder").symlink_to(tmp_path / "secret")
    (tmp_path / "src" / "same.go").symlink_to(tmp_path / "src" / "in.go")
    files = Files(Limits())
    source = _tree(tmp_path / "src")
    listing = files.list(source)
    assert listing.files == ("in.go", "same.go")
    assert listing.refused == ("folder", "out.go")
    assert files.list(source.child("folder")).files == ()


def test_a_linked_source_file_is_a_problem_of_its_package(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere.go": "package x\n", "src/go.mod": GO_MOD, "src/p/in.go": "package p\n"})
    (tmp_path / "src" / "p" / "out.go").symlink_to(tmp_path / "elsewhere.go")
    package = packages(tmp_path / "src").find("example.com/shop/p")
    assert package is not None
    assert [(name, problem.rule) for name, problem in package.problems] == [("p/out.go", "outside-root")]


def test_a_file_that_is_too_large_is_a_problem_of_its_package(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": GO_MOD, "p/big.go": "package p\n" + "// x\n" * 500, "p/small.go": "package p\n"})
    package = packages(tmp_path, Limits(file_bytes=1000)).find("example.com/shop/p")
    assert package is not None
    assert [(name, problem.rule) for name, problem in package.problems] == [("p/big.go", "too-large")]


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/b", "b"), ("b", "b"), ("x.org/b/v2", "b"), ("v2", "v2"), ("gopkg.in/b.v3", "b"), ("gopkg.in/b.v3/c", "c")],
)
def test_an_import_without_a_name_is_assumed_to_be_called_what_its_path_says(path: str, name: str) -> None:
    assert assumed_name(path) == name


@pytest.mark.parametrize("limits", [Limits(files=3), Limits(total_bytes=60)])
def test_too_much_source_altogether_is_refused(tmp_path: Path, limits: Limits) -> None:
    write(tmp_path, {"go.mod": GO_MOD, **{f"p/f{index}.go": "package p\n" for index in range(5)}})
    with pytest.raises(InputRefused, match="fewer microservices"):
        packages(tmp_path, limits).find("example.com/shop/p")


def test_tests_and_files_that_go_ignores_are_not_read(tmp_path: Path) -> None:
    names = ("a.go", "a_test.go", "_b.go", ".c.go", "d.txt")
    write(tmp_path, {"go.mod": GO_MOD, **{f"p/{name}": "package p\n" for name in names}})
    package = packages(tmp_path).find("example.com/shop/p")
    assert package is not None
    assert [file.name for file in package.files] == ["p/a.go"]


def test_constants_are_followed_through_packages_and_sums(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": GO_MOD,
            "p/p.go": 'package p\n\nimport "example.com/shop/q"\n\n'
            'const (\n\tA = "https://" + (B) + `/x`\n\tB = q.Host\n\tLoop = Loop\n\tN = 3 + 4\n)\n',
            "q/q.go": 'package q\n\nconst Host = "q\\u002eexample"\n',
        },
    )
    loader = packages(tmp_path)
    package = loader.find("example.com/shop/p")
    assert package is not None
    values = {
        name: loader.string_constant(value, file, package) for name, ((value, file),) in package.constants.items()
    }
    assert values == {"A": "https://q.example/x", "B": "q.example", "Loop": None, "N": None}


@pytest.mark.parametrize(
    "source",
    [
        b'package x\n\nimport "fmt"\n\nconst A = "a"\n\nfunc F() { fmt.Println(A) }\n',
        # What the tree is made of is written in a more usual way than the file.
        b"package x\n\nconst (\n\tA = iota\n\tB\n)\n\nfunc F() { type int string; var string int; _ = string }\n",
        b"\xef\xbb\xbfpackage x\n\nvar _ = func(a /* b */, c int) { ; ; }\n",
    ],
)
def test_a_tree_that_was_given_back_is_the_same_when_it_is_asked_for_again(source: bytes) -> None:
    file = GoFile("x.go", source, 1000)
    assert file.problem is None
    before = str(file.root), [node.type for node in file.declarations], file.imports
    file.release()
    assert (str(file.root), [node.type for node in file.declarations], file.imports) == before


def test_functions_are_found_by_name_however_their_heads_are_written(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": GO_MOD,
            "x/x.go": "package x\n\ntype T struct{}\n\nfunc Größe() {}\n\nfunc\n\tTwice() { func() { Twice() }() }\n\n"
            "func // c\nApart() { Apart() }\n\n"
            "func (t *T)   Twice(a int) (Twice func()) { return nil }\n\nvar Twice2 = func(Twice int) {}\n",
        },
    )
    package = packages(tmp_path).find("example.com/shop/x")
    assert package is not None
    assert [function.title for function in package.functions("Größe")] == ["Größe"]
    assert [function.title for function in package.functions("Twice")] == ["Twice", "(*T).Twice"]
    assert [function.title for function in package.functions("Apart")] == ["Apart"]
    assert package.function_names == ("Größe", "Twice", "Apart")
    assert package.functions("Twice2") == package.functions("T") == ()


def test_a_file_is_read_up_to_its_bound_and_one_byte_more(tmp_path: Path) -> None:
    for size in (0, 99, 100):
        (tmp_path / "x.go").write_bytes(b"x" * size)
        assert Files(Limits(file_bytes=100)).read(_tree(tmp_path), "x.go") == b"x" * size
    (tmp_path / "x.go").write_bytes(b"x" * 101)
    with pytest.raises(FileRefused, match="larger than 100 bytes"):
        Files(Limits(file_bytes=100)).read(_tree(tmp_path), "x.go")
