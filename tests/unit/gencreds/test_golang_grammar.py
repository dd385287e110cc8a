"""What is valid Go: the cases of each production that the fast parser, or a careless reading, gets wrong."""

from __future__ import annotations

import pytest

from gencreds.golang.grammar.cursor import TooDeep
from gencreds.golang.grammar.source import check_source
from gencreds.golang.grammar.tokens import NotGo
from gencreds.golang.syntax import GoFile, line_of


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


def _file(declaration: str) -> GoFile:
    return GoFile("x.go", f"package p\n\n{declaration}".encode(), 1000)


@pytest.mark.parametrize(
    "declaration",
    [
        "func f()\n{\n}\n",
        "func f() {\n\tg(a\n\t)\n}\n",
        "func f() {\n\tg(a\n\t\t+ b)\n}\n",
        "var x = T{\n\ta,\n\tb\n}\n",
        "var x = T{a, b // c\n}\n",
        "func f(a\nint) {}\n",
        "var x\nint = 1\n",
        "type T\nstruct {\n}\n",
        "var f = g(func()\nint {\n\treturn 1\n})\n",
        "func (t T)\nm() {}\n",
        "var x = a++b\n",
        "var x = a--b\n",
        "var x = a <-b\n",
        "var x = &^a\n",
        "func f() {\n\treturn && a, b\n}\n",
        "func f() {\n\tfor range && a {\n\t}\n}\n",
        "func f(a int, *b) {}\n",
        "type I interface {\n\tm(a int, p.Q)\n}\n",
        "func f() {\n\tg(func(a int, p.Q) {})\n}\n",
        "func f() {\n\tdefer x\n}\n",
        "func f() {\n\tif x := T{}; x {\n\t}\n}\n",
        "x := 1\n",
        "func f() {\n\tg(a..., b)\n}\n",
        "var x = T{,}\n",
        "func f(,) {}\n",
        "func f() {\n\tswitch x {\n\tcase 1:\n\t\ty() default:\n\t}\n}\n",
        "func f() {\n\tswitch x {\n\tcase 1:\n\t\ty() \tdefault:\n\t}\n}\n",
        "func f() {\n\tswitch x {\n\tcase 1:\n\t\ty()case 2:\n\t}\n}\n",
        "func f(/* c */ a int // c\n) {}\n",
        "func f() (a*b, error) {}\n",
        "func f() {\n\tif x == T{}.a(\n\t\ty) {\n\t}\n}\n",
        "func f() {\n\tfor a, b = T{},\n\tx {\n\t}\n}\n",
        "func f() {\n\tif f(func() {\n\t}) == T{} {\n\t}\n}\n",
        "func f() (... int, error) {}\n",
        "func f(a, b ...int) {}\n",
        "func () {\n}\n",
        "type A int; type B int; import `q`\n",
        "func f() {\n\tfor\na()\nfalse {\n\t}\n}\n",
        "func f() {\n\tfor // c\na()\nb {\n\t}\n}\n",
        "func f() {\n\tfor a; \nb {\n\t}\n}\n",
        "func f() {\n\tfor a\n \n\t{\n\t}\n}\n",
        "func f() {\n\tfor a \t // c\n\t{\n\t}\n}\n",
        "func f() {\n\tx \t // c\n\t.y()\n}\n",
        "func f() {\n\tfor a, b, c := range x {\n\t}\n}\n",
        'func f() {\n\tfor "a", b.c,\n\td = range x {\n\t}\n}\n',
        "func f() {\n\tif a, ok := p.T{} [b]; ok {\n\t}\n}\n",
        "func f() {\n\tif a := T{}[1:2]; a {\n\t}\n}\n",
        "func f() {\n\tif !\n\tp.T[int, string]{}\n\tx {\n\t\treturn\n\t}\n}\n",
        "func f() {\n\tif T{}\n\t// c\n\n\tx(T{}) {\n\t\treturn\n\t}\n}\n",
        "func f() {\n\tswitch T{\n\t\t1,\n\t}\n\tx {\n\tcase y:\n\t}\n}\n",
    ],
)
def test_what_only_tree_sitter_accepts_is_a_syntax_error(declaration: str) -> None:
    file = _file(declaration)
    assert file.problem is not None
    assert file.problem.rule == "syntax-error"


@pytest.mark.parametrize(
    "declaration",
    [
        "const C\n",
        "const (\n\tA = 1\n\tB = 2)\n",
        "var (\n\tA = 1)",
        "type T struct {\n\tA\n}",
        "func f() {;x()}\n",
        "func f() {\n\tif ; x {\n\t}\n}\n",
        "func f() {\n\tswitch x := y()\n\tx {\n\t}\n}\n",
        "var x = iota.New(nil.T{}, true.x)\n",
        "var x = ~y\n",
        "func f() {\n\tx.(type)\n}\n",
        "var x = f(struct{\n\ta int\n}, []int)\n",
        "var x = a.b.c{}\n",
        "var x = (a).b{}\n",
        "const (\n\tA = 1 /*\n*/ B = 2\n)\n",
        "func f() {\n\tif\nx\ny {\n\t}\n}\n",
        "func f() {\n\tswitch c := g() // x\n\t{\n\t}\n}\n",
        "func f() {\n\tfor x; y\n\t{\n\t}\n}\n",
        "func f() {\n\tfor // x\n\t{\n\t}\n}\n",
        "func f() {\n\tswitch x := y.(type) {\n\tcase `r`, a%b, *T, func() {}:\n\t}\n}\n",
        "func f() {\n\tswitch y / x.(type) {\n\tcase *T:\n\t}\n}\n",
        "func f() [...]T {\n}\n",
        "var x = make(chan T <= 1)\n",
        "type T struct {\n\tA // x\n}",
        "func f() {\n\tx = a + // x\n\t\tb\n}\n",
        "func f() {\n\tx = a + \n\t\tb \n\t \n}\n",
        "func f() {\n\tfor \na {\n\t}\n}\n",
        "func f() {\n\tfor ; \n \na; {\n\t}\n}\n",
        "var x = new(f(y))\n",
        "func f() {\n\tx := map[string]func(a)\n\tconst ( A = iota; B )\n}\n",
        "func f() {\n\tx := []T\n\tconst ( A = iota; B // c\n)\n}\n",
        "var x = new(a.b.c)\n",
        "var x = new(a[1])\n",
        "var x = make([]f(a, b...).c, 1)\n",
        "var x = make(a.(T)[c], d...)\n",
        "var x = new(a...)\n",
        "var x = make{new[a, b]}\n",
        "func f() {\nmake:\n\t+g()\n\tgoto make\n}\n",
        "var x = a()[b, c].d\n",
        "func f() {\n\tswitch x := y.(type) {\n\tcase a.b.c, (d.e.f), g[1]:\n\t}\n}\n",
    ],
)
def test_what_only_go_accepts_is_read(declaration: str) -> None:
    file = _file(declaration)
    assert file.problem is None
    assert not file.root.has_error


def test_a_byte_order_mark_moves_nothing() -> None:
    file = GoFile("x.go", b"\xef\xbb\xbfpackage p\n\nfunc f() {}\n", 1000)
    assert (file.problem, file.package_name, [line_of(node) for node in file.declarations]) == (None, "p", [3])


def test_what_is_read_in_another_way_keeps_its_text() -> None:
    file = _file("var x = iota.New(nil.T{})\n")
    assert [file.text(node) for node in file.declarations] == ["var x = iota.New(nil.T{})"]


def test_a_comment_that_ends_a_statement_joins_no_call() -> None:
    file = _file("func f() {\n\tg() /*\n*/ (h)(x)\n}\n")
    body = file.declarations[0].child_by_field_name("body")
    assert file.problem is None
    assert body is not None
    statements = [node for node in body.named_children[0].named_children if node.type != "comment"]
    assert [file.text(node) for node in statements] == ["g()", "(h)(x)"]
