"""The expressions of Go's grammar (specification: "Expressions"). Sits on `types`, under `statements`.

Only what is valid matters here, so operators are read in a row, whatever their precedence.
"""

from __future__ import annotations

from gencreds.golang.grammar.cursor import (
    CALL,
    CHANNEL,
    ELEMENT,
    GUARD,
    INDEX,
    KIND,
    LITERAL_TYPE,
    MAY_SPLIT,
    NAME,
    OTHER,
    OTHER_TYPE,
    PAREN,
    SELECTOR,
    SEVERAL,
    SPLITS,
    VALUE,
    is_value,
)
from gencreds.golang.grammar.types import TypeParser

_UNARY = frozenset({"+", "-", "!", "^", "&", "~", "*", "<-"})
_FACTORS = frozenset({"*", "/", "%", "<<", ">>", "&", "&^"})
_BINARY = _FACTORS | {"||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "|", "^"}
_LITERAL_TYPES = frozenset({"[", "struct", "map"})
_SEND, _RECEIVE = 1, 2
# What follows the name of a type: another one, type arguments.
_AFTER_NAME = frozenset({"", ".", "[", ".["})
# What tree-sitter takes for functions of types, also where they are not called.
_TAKE_TYPES = (b"make", b"new")


class ExpressionParser(TypeParser):
    """Reads expressions. What each is comes back as a kind with flags, see `types`."""

    def block(self) -> None:
        """Read a block; see `statements`."""
        raise NotImplementedError

    def expressions(self) -> tuple[int, int]:
        """Read expressions with commas between them; return what the first is and how many there are."""
        first, count = self.expression(), 1
        while self.tok == ",":
            self.next()
            self.expression()
            count += 1
        return first, count

    def expression(self) -> int:
        """Read an expression or a type, and return what it is."""
        return self.binary(self._unary())

    def binary(self, x: int) -> int:
        """Read on after the operand `x`."""
        if self.tok not in _BINARY:
            return x
        element = x & ELEMENT
        splits = x & SPLITS
        # A type parameter and its constraint look like `P * T | U` or `P(T) | U`.
        head = x == NAME
        may_split = bool(x & (SPLITS | MAY_SPLIT))
        is_union = False
        while self.tok in _BINARY:
            operator = self.tok
            self.next()
            y = self._unary()
            element |= y & ELEMENT
            if operator == "|":
                is_union = True
            elif operator not in _FACTORS or not is_union:
                may_split = head and operator == "*"
            head = False
        flags = (SPLITS if splits or element else MAY_SPLIT) if may_split else 0
        return OTHER | element | flags

    def _unary(self) -> int:
        if self.tok not in _UNARY:
            return self._primary_expression()
        operators: list[str] = []
        while self.tok in _UNARY:
            operators.append(self.tok)
            if self.tok == "~":
                self.rewrites.append((self.offset(), b"^"))
            self.next()
        x = self._primary_expression()
        for operator in reversed(operators):
            if operator == "<-" and x & (KIND | PAREN) == CHANNEL:
                self._receive_only()
            else:
                x = OTHER | ELEMENT if operator == "~" else OTHER
        return x

    def _receive_only(self) -> None:
        """Give the arrow before a channel type to it: `<-chan<- chan T` is `<-chan (<-chan T)`."""
        direction = _SEND
        for index, own in enumerate(self.directions):
            if own == _RECEIVE:
                raise self.fail("chan")
            direction = own
            self.directions[index] = _RECEIVE
            if direction != _SEND:
                return
        raise self.fail("channel type")

    def _operand(self) -> int:
        kind, start = self.tok, self.offset()
        if kind == "name":
            self.next()
            if self.tok != "(":
                self.plain_name(start)
            return NAME
        if kind in ("literal", "string"):
            self.next()
            return OTHER
        if kind == "(":
            self.next()
            self.enter()
            self.level += 1
            x = self.expression()
            self.level -= 1
            self.leave()
            self.expect(")")
            return x & ~(SPLITS | MAY_SPLIT) | PAREN
        if kind == "func":
            return self._function()
        if self.try_type():
            if self.tok != "{" or kind not in _LITERAL_TYPES:
                self.blank(start, b"T")
            if kind == "chan":
                return CHANNEL | ELEMENT
            return (LITERAL_TYPE if kind in _LITERAL_TYPES else OTHER_TYPE) | ELEMENT
        raise self.fail("operand")

    def plain_name(self, start: int) -> None:
        """Have the name at `start` read as any other, if tree-sitter wants a type after it."""
        if self._tokens.data.startswith(_TAKE_TYPES, start):
            self.rewrites.append((start, self._tokens.data[start : start + 3].upper()))

    def _function(self) -> int:
        start = self.offset()
        self.next()
        self.signature()
        if self.tok != "{":
            self.blank(start, b"T")
            return OTHER_TYPE | ELEMENT
        self.enter()
        self.level += 1
        self.block()
        self.level -= 1
        self.leave()
        return OTHER

    def _primary_expression(self) -> int:
        start = self.offset()
        return self.primary(self._operand(), start)

    def primary(self, x: int, start: int) -> int:
        """Read selectors, indices, calls and literal values after the operand `x`, which begins at byte `start`."""
        parts, is_name = "", x == NAME
        while True:
            kind = self.tok
            if kind == ".":
                self.next()
                kind = "." if self.tok == "name" else "("
                x = self._selector()
            elif kind == "[":
                x = self._index()
                if x & SEVERAL and (x & VALUE or not is_name or parts not in ("", ".")):
                    self.blank(start, b"T")
                    x = INDEX
            elif kind == "(":
                x = self._call(x, start)
            elif kind == "{" and self._is_literal_type(x):
                if parts not in ("", ".") or (parts and not is_name):
                    self.blank(start, b"T")
                self.literal_value()
                x = OTHER
            else:
                return x | VALUE if x & KIND in (SELECTOR, INDEX) and not (is_name and parts in _AFTER_NAME) else x
            parts += kind[0]

    def _is_literal_type(self, x: int) -> bool:
        kind = x & KIND
        if kind in (NAME, SELECTOR, INDEX):
            if self.level < 0:
                return False
        elif kind != LITERAL_TYPE:
            return False
        if x & PAREN:
            raise self.fail("a type without parentheses in a composite literal")
        return True

    def _selector(self) -> int:
        if self.tok == "name":
            self.next()
            return SELECTOR
        if self.tok != "(":
            raise self.fail("selector or type assertion")
        self.next()
        kind = OTHER
        if self.tok == "type":
            self.rewrites.append((self.offset(), b"Type"))
            self.next()
            kind = GUARD
        else:
            self.type()
        self.expect(")")
        return kind

    def _index(self) -> int:
        self.next()
        if self.tok == "]":
            raise self.fail("operand")
        self.enter()
        self.level += 1
        given = [self.tok != ":"]
        first = self.expression() if given[0] else OTHER
        is_list = self.tok == ","
        if is_list:
            while self.tok == ",":
                self.next()
                if self.tok not in ("]", ""):
                    self.type()
        else:
            while self.tok == ":" and len(given) < 3:
                self.next()
                given.append(self.tok not in (":", "]", ""))
                if given[-1]:
                    self.expression()
        self.level -= 1
        self.leave()
        if len(given) == 3 and not (given[1] and given[2]):
            raise self.fail("middle and final index of a 3-index slice")
        self.expect("]")
        if len(given) > 1:
            return OTHER
        return INDEX | (SEVERAL if is_list else 0) | (VALUE if is_value(first) else 0)

    def _call(self, x: int, start: int) -> int:
        self.next()
        self.enter()
        self.level += 1
        count, only, first, spread = 0, 0, 0, False
        while self.tok not in (")", "") and not spread:
            only = self.expression()
            first = first or only
            count += 1
            if self.tok == "...":
                self.next()
                spread = True
            if self.tok != ",":
                break
            self.next()
        self.level -= 1
        self.leave()
        if self.tok != ")":
            raise self.fail(", or ) in argument list")
        self.next()
        if x == NAME and first and (spread or is_value(first)):
            self.plain_name(start)
        if x == NAME and count == 1 and not spread:
            return CALL | (SPLITS if only & ELEMENT else MAY_SPLIT)
        return CALL

    def literal_value(self) -> None:
        """Read the braces of a composite literal."""
        self.expect("{")
        self.enter()
        self.level += 1
        while self.tok not in ("}", ""):
            self._value()
            if self.tok == ":":
                self.next()
                self._value()
            if self.tok != ",":
                break
            self.next()
        self.level -= 1
        self.leave()
        if self.tok != "}":
            raise self.fail(", or } in composite literal")
        self.next()

    def _value(self) -> None:
        if self.tok == "{":
            self.literal_value()
        else:
            self.expression()
