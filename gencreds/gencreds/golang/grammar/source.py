"""A whole Go file (specification: "Source file organization"). The front of `grammar`; `syntax` asks it."""

from __future__ import annotations

from gencreds.golang.grammar.cursor import MAY_SPLIT, NAME, SPLITS
from gencreds.golang.grammar.statements import StatementParser
from gencreds.golang.grammar.tokens import Tokens


class SourceParser(StatementParser):
    """Reads a file."""

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
        self.next()
        if self.tok != "(":
            spec(self)
            return
        self.next()
        while self.tok not in (")", ""):
            spec(self)
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
        self._names()
        if self.tok not in ("", ";", ")"):
            self.try_type()
            self._values()
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
        self.next()
        x = NAME
        if self.tok != "[":
            self.level += 1
            x = self.binary(self.primary(NAME))
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


def check_source(data: bytes) -> None:
    """Return if Go's own parser accepts the file `data`. Raises `NotGo` if it does not, `TooDeep` if we cannot say."""
    SourceParser(Tokens(data)).file()
