"""A whole Go file (specification: "Source file organization"). The front of `grammar`; `syntax` asks it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gencreds.golang.grammar.cursor import MAY_SPLIT, NAME, SPLITS
from gencreds.golang.grammar.statements import StatementParser
from gencreds.golang.grammar.tokens import Tokens


class SourceParser(StatementParser):
    """Reads a file."""

    # Where the keyword of the declaration is that is being read, and whether it is a group.
    _keyword = 0
    _in_group = False

    def file(self) -> None:
        """Read the package clause, the imports and the other declarations."""
        self.expect("package")
        self.expect("name")
        self.end_statement()
        while self.tok == "import":
            self.declaration()
        while self.tok:
            if self.tok == "func":
                self._function_declaration()
            elif self.tok in ("const", "type", "var"):
                self.declaration()
            else:
                raise self.fail("declaration, after any imports" if self.tok == "import" else "declaration")

    def declaration(self) -> None:
        """Read imports, constants, types or variables: one, or a group in parentheses."""
        spec = _SPECS[self.tok]
        self._keyword = self.offset()
        self.next()
        self._in_group = self.tok == "("
        if not self._in_group:
            spec(self)
            return
        self.next()
        while self.tok not in (")", ""):
            spec(self)
            self._in_group = True
        self.close()
        self.expect(")")
        self.end_statement()

    def _import(self) -> None:
        if self.tok in ("name", "."):
            self.next()
        self.expect("string")
        self.end_statement()

    def _names(self) -> None:
        self.expect("name")
        while self.tok == ",":
            self.next()
            self.expect("name")

    def _constant(self) -> None:
        start = self.offset() if self._in_group else self._keyword
        self._names()
        valued = False
        if self.tok not in ("", ";", ")"):
            self.try_type()
            valued = self.tok == "="
            self._values()
        if not valued:
            self.blank(start)
        self.end_statement()

    def _variable(self) -> None:
        self._names()
        if self.tok != "=":
            self.type()
        self._values()
        self.end_statement()

    def _values(self) -> None:
        if self.tok == "=":
            self.next()
            self.expressions()

    def _type_spec(self) -> None:
        self.expect("name")
        if self.tok == "[":
            self.next()
            self._array_or_generic()
        else:
            if self.tok == "=":
                self.next()
            self.type()
        self.end_statement()

    def _array_or_generic(self) -> None:
        """Read what follows the bracket after a type's name: an array's length, or type parameters."""
        if self.tok != "name":
            self.array_length()
            self.type()
            return
        start = self.offset()
        self.plain_name(start)
        self.next()
        x = NAME
        if self.tok != "[":
            self.level += 1
            x = self.binary(self.primary(NAME, start))
            self.level -= 1
        if x == NAME and self.tok != "]":
            self.parameter_list("]", variadic=False, first=(True, False))
        elif x & SPLITS or (x & MAY_SPLIT and self.tok == ","):
            self.parameter_list("]", variadic=False, first=(True, True))
        else:
            self.expect("]")
            self.type()
            return
        self.expect("]")
        if self.tok == "=":
            self.next()
        self.type()

    def _function_declaration(self) -> None:
        self.next()
        is_method = self.tok == "("
        if is_method:
            self.parameters()
        self.expect("name")
        if self.tok == "[" and not is_method:
            self.type_parameters()
        self.signature()
        if self.tok == "{":
            self.block()
        self.end_statement()
        if self.tok == "{":
            raise self.fail("{ on the line of the function's signature")


_SPECS = {
    "import": SourceParser._import,
    "const": SourceParser._constant,
    "var": SourceParser._variable,
    "type": SourceParser._type_spec,
}


_PREDECLARED = re.compile(rb"\b(?:nil|true|false|iota)\b")


def check_source(data: bytes) -> None:
    """Raise `NotGo` if Go's own parser does not accept the file `data`, `TooDeep` if we cannot say."""
    SourceParser(Tokens(data)).file()


def plainer_sources(data: bytes) -> Iterator[bytes]:
    """Yield the file `data` with every semicolon that Go inserts, and ever less of what tree-sitter does not accept.

    First go a byte order mark and semicolons that Go does not need, then names that Go only predeclares, and at last
    what Go's compiler refuses: constants without a value, types for values, `x.(type)` outside of a switch. No line
    moves, and what stands at a byte of one of them begins there in all. Raises as `check_source`.
    """
    tokens = Tokens(data)
    parser = SourceParser(tokens)
    parser.file()
    places = sorted((*tokens.semicolons, *parser.closings))
    needless = [rewrite for rewrite in parser.rewrites if data[rewrite[0] : rewrite[0] + 1] == b";"]
    predeclared = [(match.start(), match.group().upper()) for match in _PREDECLARED.finditer(data)]
    for rewrites in (needless, needless + predeclared, predeclared + parser.rewrites):
        plain = bytearray(data)
        if data.startswith(b"\xef\xbb\xbf"):
            plain[:3] = b"   "
        gone = bytearray(len(data) + 2)
        for start, text in rewrites:
            plain[start : start + len(text)] = text
            # A semicolon after what is left out altogether would stand alone.
            count = len(text) - 1 + text.isspace()
            gone[start + 1 : start + 1 + count] = b"\1" * count
        parts: list[bytes] = []
        last = 0
        for place in places:
            parts += (bytes(plain[last:place]), b" " if gone[place] else b";")
            last = place
        yield b"".join((*parts, plain[last:]))
