"""What is valid Go: the cases of each production that the fast parser, or a careless reading, gets wrong."""

from __future__ import annotations

import pytest

from gencreds.golang.grammar.cursor import TooDeep
from gencreds.golang.grammar.source import check_source
from gencreds.golang.grammar.tokens import NotGo


@pytest.mark.parametrize(
    "declaration",
    [
        "func f(a, b int, c ...string) (x T, err error) { return }",
        "func f(int, ...string)",
        "func (t *T[P]) m() {}",
        "func f[P ~int | string, Q interface{ m() }](x P) {}",
        "type T[P any] struct{ *p.Q; a, b int `t`; R[P] }",
        "type T[P *C,] int",
        "type T [n * m]int",
        "type A[P any] = B[P]",
        "type I interface { ~int | T[P]; m(); p.Q }",
        "type F func(chan<- int, <-chan (<-chan int)) func() (a, b int)",
        "var x = <-chan int(y)",
        "var x = []T{{1}, 2: {a: 1}, a[1:2:3]: f(b...)}",
        "var x = 0x1p-2 + 0b1i + 08.5 + 1_000 + .5e3 + 0129i",
        "var x = '\\'' + '\\377' + \"\\U0010ffff\" + `\\q\n`",
        "func f() { L: for { break L }; goto L; { }; ; }",
        "func f() { switch x := y.(type) { case int, nil: default: } }",
        "func f() { select { case v, ok := <-c: case c <- 1: default: } }",
        "func f() { for i := range 10 { }; for range x { }; for ; ; { } }",
        "func f() { if x := (T{}); x == (T{}) { } else if func() bool { return y == T{} }() { } }",
        "func f() { defer func() { }(); go x.y() }",
        "func f() {\n\tswitch x\n\t{\n\t}\n}",
        "/* a\n*/ func f() { // b\n}",
        "const (\n\tA, B = iota, 1\n\tC\n)",
    ],
)
def test_valid_go_is_accepted(declaration: str) -> None:
    check_source(f"package p\nimport . `q`\n{declaration}\n".encode())


@pytest.mark.parametrize(
    ("declaration", "line"),
    [
        ("func f()\n{\n}", 3),
        ("func f() { x\n.y() }", 3),
        ("var x = f(a\n)", 2),
        ("var x = T{\n\ta\n}", 3),
        ("var x = y /* a\n*/ + z", 3),
        ("func f(a, b int, c.D) {}", 2),
        ("func f(a ...int, b int) {}", 2),
        ("func f() (a ...int) {}", 2),
        ("func (t T) m[P any]() {}", 2),
        ("type T[P any, Q] int", 2),
        ("type T struct { (Q) }", 2),
        ("type I interface { m[P any]() }", 2),
        ("var x = <-chan<- int", 2),
        ("var x = (T){}", 2),
        ("var x = a[1::3]", 2),
        ("var x = a &^ b &^= c", 2),
        ("var x = 08", 2),
        ("var x = 0x1.5", 2),
        ("var x = 1__0", 2),
        ("var x = 'ab'", 2),
        ('var x = "\\q"', 2),
        ('var x = "\\ud800"', 2),
        ("var x = `", 2),
        ("var x = 1 /*", 2),
        ("func f() { defer x }", 2),
        ("func f() { go (x()) }", 2),
        ("func f() { x.y: z() }", 2),
        ("func f() { if x := y { } }", 2),
        ("func f() { if x == T{} { } }", 2),
        ("func f() { for a, b, c := range x { } }", 2),
        ("func f() { switch x = y.(type) { } }", 2),
        ("func f() { select { case a, b, c := <-d: } }", 2),
        ("func f() { else { } }", 2),
        ("x := 1", 2),
        ("import `q`", 2),
        ("func f() { } func g() { }", 2),
        ("var \xb2 = 1", 2),
        ("var x = a\x0cb", 2),
        ("// \x00", 2),
        ("var x = '\ufeff'", 2),
        ("//line x:0", 2),
    ],
)
def test_what_is_no_valid_go_is_refused_with_its_line(declaration: str, line: int) -> None:
    with pytest.raises(NotGo) as refused:
        check_source(f"package p; var v int\n{declaration}\n".encode())
    assert refused.value.line == line


@pytest.mark.parametrize("source", [b"", b"package\n", b"package p\nimport `a`\npackage q\n", b"package p // \xff\n"])
def test_a_file_that_is_no_source_file_is_refused(source: bytes) -> None:
    with pytest.raises(NotGo):
        check_source(source)


@pytest.mark.parametrize("opening", ["(", "[", "func(", "map[", "struct{a ", "[]T{{", "func(){"])
def test_nesting_without_end_is_refused_before_pythons_stack_is(opening: str) -> None:
    with pytest.raises((TooDeep, NotGo)):
        check_source(f"package p\nvar x = {opening * 10_000}".encode())


@pytest.mark.parametrize("run", ["-", "<-", "a.", "[]", "*", "chan ", "a+", "f()", "!"])
def test_what_repeats_without_nesting_may_be_long(run: str) -> None:
    with pytest.raises(NotGo):
        check_source(f"package p\nvar x = {run * 100_000}".encode())
