"""Parameters of functions and types, and the constraints (specification: "Function types", "General interfaces").

Sits on `cursor`, under `types`.
"""

from __future__ import annotations

from gencreds.golang.grammar.cursor import Cursor

# What a type begins with, but for a bracket.
BEGINS_TYPE = frozenset({"name", "*", "<-", "func", "chan", "map", "struct", "interface", "("})


class ParameterParser(Cursor):
    """Reads lists of parameters."""

    def expression(self) -> int:
        """Read an expression or a type; see `expressions`."""
        raise NotImplementedError

    def type(self) -> None:
        """Read a type."""
        if not self.try_type():
            raise self.fail("type")

    def try_type(self) -> bool:
        """Read a type if one begins here; see `types`."""
        raise NotImplementedError

    def qualified_rest(self) -> None:
        """Read what follows a type's or package's name; see `types`."""
        raise NotImplementedError

    def parameters(self, *, result: bool = False) -> None:
        """Read parameters, or a parenthesised result."""
        self.expect("(")
        if self.tok != ")":
            self.parameter_list(")", variadic=not result)
        self.expect(")")

    def signature(self) -> None:
        """Read parameters and results."""
        self.parameters()
        if self.tok == "(":
            self.parameters(result=True)
        else:
            self.try_type()

    def type_parameters(self) -> None:
        """Read type parameters, with their brackets; at least one."""
        self.expect("[")
        if self.tok == "]":
            raise self.fail("type parameter")
        self.parameter_list("]", variadic=False)
        self.expect("]")

    def parameter_list(self, closing: str, *, variadic: bool, first: tuple[bool, bool] | None = None) -> None:
        """Read parameters up to `closing`. `first` tells whether the first, read already, has a name and a type."""
        constraints = closing == "]"
        start = self.offset()
        read: list[tuple[bool, bool, bool]] = []
        while first is not None or self.tok not in (closing, ""):
            if first is not None:
                name, typed = first
                if typed:
                    self.union_rest()
                    read.append((name, True, False))
                else:
                    read.append(self._parameter(constraints, named=True))
                first = None
            else:
                read.append(self._parameter(constraints, named=False))
            if self.tok == closing:
                break
            if self.tok != ",":
                raise self.fail(f", or {closing} in parameter list")
            self.next()
        self._check_names(read, constraints, variadic, start)

    def _check_names(self, read: list[tuple[bool, bool, bool]], constraints: bool, variadic: bool, start: int) -> None:
        if not read:
            return
        named = sum(name and typed for name, typed, _ in read)
        rest = [dots for _, typed, dots in read if typed or not named]
        if named == 0 and constraints:
            raise self._tokens.error("missing type parameter name or constraint", start)
        if named:
            if not all(name for name, _, _ in read) or not read[-1][1]:
                raise self._tokens.error("a parameter has no name or no type, others do", start)
            # `a, b ...T` gives both the type.
            rest = [next(dots for _, typed, dots in read[index:] if typed) for index in range(len(read))]
        if any(rest[:-1]) or (rest[-1] and not variadic):
            raise self._tokens.error("can only use ... with the final parameter of a function", start)

    def _parameter(self, constraints: bool, *, named: bool) -> tuple[bool, bool, bool]:
        """Read one parameter: whether it has a name, a type, and dots."""
        kind = "name" if named else self.tok
        name = typed = False
        if constraints and kind == "~":
            self.union()
            return False, True, False
        if kind == "name":
            if not named:
                self.next()
            name = True
            if self.tok in BEGINS_TYPE:
                self.type()
                typed = True
            elif self.tok == "[":
                name, typed = self.array_or_instance()
            elif self.tok == "...":
                self.next()
                self.type()
                return True, True, True
            elif self.tok == ".":
                self.qualified_rest()
                name, typed = False, True
            elif self.tok == "~" and constraints:
                self.union()
                return True, True, False
            elif self.tok == "|" and constraints:
                self.union_rest()
                return False, True, False
        elif kind == "...":
            self.next()
            self.type()
            return False, True, True
        elif kind in BEGINS_TYPE or kind == "[":
            self.type()
            typed = True
        else:
            raise self.fail("parameter")
        if constraints and typed:
            self.union_rest()
        return name, typed, False

    def array_or_instance(self) -> tuple[bool, bool]:
        """Read on after a name and before a bracket: `x []T`, `x [n]T`, or the instance `x[T]`."""
        self.expect("[")
        count, trailing = 0, None
        if self.tok != "]":
            self.level += 1
            self.expression()
            count = 1
            while self.tok == ",":
                comma = self.offset()
                self.next()
                if self.tok == "]":
                    trailing = comma
                    break
                self.expression()
                count += 1
            self.level -= 1
        self.expect("]")
        if count == 0:
            self.type()
            return True, True
        if count == 1 and self.try_type():
            if trailing is not None:
                raise self._tokens.error("unexpected comma, expected ]", trailing)
            return True, True
        return False, True

    def union(self) -> None:
        """Read a type element: terms with `|` between them."""
        self._term()
        self.union_rest()

    def union_rest(self) -> None:
        """Read the terms after the first."""
        while self.tok == "|":
            self.next()
            self._term()

    def _term(self) -> None:
        if self.tok == "~":
            self.next()
        self.type()
