"""The statements of Go's grammar (specification: "Statements"). Sits on `expressions`, under `source`."""

from __future__ import annotations

from gencreds.golang.grammar.cursor import CALL, GUARD, KIND, MAX_DEPTH, NAME, PAREN, is_value
from gencreds.golang.grammar.expressions import ExpressionParser

_ASSIGNMENTS = frozenset({":=", "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "&^="})
_BEGINS_EXPRESSION = frozenset(
    {"name", "literal", "string", "func", "(", "[", "struct", "map", "chan", "interface"}
    | {"+", "-", "*", "&", "^", "<-", "!"}
)
_ENDS_LIST = frozenset({"case", "default", "}", ""})
# What a simple statement is, as far as its context asks.
_EXPRESSION, _GUARD, _RANGE, _LABEL, _ASSIGNMENT, _NONE = range(6)


class StatementParser(ExpressionParser):
    """Reads statements."""

    # Whether the last expression that was a statement is `x.(type)`.
    _is_guard = False

    def declaration(self) -> None:
        """Read a declaration of constants, types or variables; see `source`."""
        raise NotImplementedError

    def block(self) -> None:
        """Read a block."""
        self.expect("{")
        self.enter()
        self._statements()
        self.leave()
        self.expect("}")

    def _statements(self) -> None:
        while self.tok not in _ENDS_LIST:
            self._statement()

    def _statement(self) -> None:
        labels = 0
        while True:
            kind = self.tok
            if kind in _BEGINS_EXPRESSION:
                if self._simple(label=True) == _LABEL:
                    labels += 1
                    if labels > MAX_DEPTH:
                        raise self.too_deep()
                    continue
                self.end_statement()
            elif kind in ("const", "type", "var"):
                self.declaration()
            elif kind == ";":
                start = self.offset()
                self.next()
                self.blank(start)
            elif kind == "{":
                self.block()
                self.end_statement()
            elif kind in _HANDLERS:
                _HANDLERS[kind](self)
            elif kind != "}":
                raise self.fail("statement")
            return

    def _simple(self, *, label: bool = False, range_clause: bool = False) -> int:
        x, count = self.expressions()
        kind = self.tok
        if kind in _ASSIGNMENTS:
            self.next()
            if range_clause and self.tok == "range" and kind in (":=", "="):
                self.next()
                self.expression()
                if count > 2:
                    raise self.fail("at most 2 variables in a range clause")
                return _RANGE
            y, values = self.expressions()
            is_guard = kind == ":=" and count == values == 1 and y & (KIND | PAREN) == GUARD
            return _GUARD if is_guard else _ASSIGNMENT
        if count > 1:
            raise self.fail("1 expression")
        if kind == ":":
            if not label or x != NAME:
                raise self.fail("a name as label")
            self.next()
            return _LABEL
        if kind == "<-":
            self.next()
            self.expression()
            return _ASSIGNMENT
        if kind in ("++", "--"):
            self.next()
            return _ASSIGNMENT
        self._is_guard = x & (KIND | PAREN) == GUARD
        return _EXPRESSION

    def _called(self) -> None:
        """Read `go` or `defer`."""
        word = self.tok
        self.next()
        if self.expression() & (KIND | PAREN) != CALL:
            raise self.fail(f"a function call after {word}")
        self.end_statement()

    def _return(self) -> None:
        self.next()
        if self.tok not in (";", "}"):
            self.expressions()
        self.end_statement()

    def _branch(self) -> None:
        word = self.tok
        self.next()
        if word == "goto":
            self.expect("name")
        elif word != "fallthrough" and self.tok == "name":
            self.next()
        self.end_statement()

    def _separator(self, *, needed: bool = True) -> None:
        """Read a semicolon in a header, which may stand after nothing."""
        start = self.offset()
        self.next()
        if not needed:
            self.blank(start)

    def _if(self) -> None:
        while True:
            self.next()
            self._if_header()
            self.block()
            if self.tok != "else":
                break
            self.next()
            if self.tok != "if":
                self.block()
                break
        self.end_statement()

    def _if_header(self) -> None:
        level, self.level = self.level, -1
        condition = _NONE
        if self.tok != ";":
            condition = self._simple()
        if self.tok == ";":
            self._separator(needed=condition != _NONE)
            condition = self._simple()
        if condition != _EXPRESSION:
            raise self.fail("a condition before the block of an if statement")
        self.level = level

    def _switch(self) -> None:
        self.next()
        tag = _EXPRESSION
        if self.tok != "{":
            level, self.level = self.level, -1
            is_given = self.tok != ";"
            tag = self._tag() if is_given else _EXPRESSION
            if self.tok == ";":
                self._separator(needed=is_given)
                tag = self._tag() if self.tok != "{" else _EXPRESSION
            if tag == _GUARD:
                self.rewrites.pop()
            if tag not in (_EXPRESSION, _GUARD):
                raise self.fail("an expression before the block of a switch statement")
            self.level = level
        self.expect("{")
        self.enter()
        while self.tok in ("case", "default"):
            with_values = self.tok == "case"
            self.next()
            if with_values:
                self._case(in_type_switch=tag == _GUARD)
            self.expect(":")
            self._statements()
        self.leave()
        self.expect("}")
        self.end_statement()

    def _tag(self) -> int:
        """Read what may stand before the block of a switch."""
        tag = self._simple()
        return _GUARD if tag == _EXPRESSION and self._is_guard else tag

    def _case(self, *, in_type_switch: bool) -> None:
        """Read the expressions of a case, which the compiler wants to be types if it is one of a type switch."""
        while True:
            start = self.offset()
            if is_value(self.expression()) and in_type_switch:
                self.blank(start, b"T")
            if self.tok != ",":
                return
            self.next()

    def _select(self) -> None:
        self.next()
        self.expect("{")
        self.enter()
        while self.tok in ("case", "default"):
            with_values = self.tok == "case"
            self.next()
            if with_values:
                self._communication()
            self.expect(":")
            self._statements()
        self.leave()
        self.expect("}")
        self.end_statement()

    def _communication(self) -> None:
        _, count = self.expressions()
        if self.tok in ("=", ":="):
            if count > 2:
                raise self.fail("1 or 2 variables")
            self.next()
            self.expression()
            return
        if count > 1:
            raise self.fail("1 expression")
        if self.tok == "<-":
            self.next()
            self.expression()

    def _for(self) -> None:
        self.next()
        if self.tok != "{":
            level, self.level = self.level, -1
            self._for_header()
            self.level = level
        self.block()
        self.end_statement()

    def _for_header(self) -> None:
        condition = _EXPRESSION
        if self.tok == "range":
            self.next()
            self.expression()
            return
        if self.tok != ";":
            condition = self._simple(range_clause=True)
        if condition == _RANGE:
            return
        if self.tok == ";":
            self._separator()
            condition = self._simple() if self.tok != ";" else _EXPRESSION
            if self.tok == ";":
                self._separator()
            else:
                self.end_statement()
            if self.tok != "{":
                self._simple()
        if condition != _EXPRESSION:
            raise self.fail("a condition before the block of a for statement")


_HANDLERS = {
    "go": StatementParser._called,
    "defer": StatementParser._called,
    "return": StatementParser._return,
    "break": StatementParser._branch,
    "continue": StatementParser._branch,
    "goto": StatementParser._branch,
    "fallthrough": StatementParser._branch,
    "if": StatementParser._if,
    "switch": StatementParser._switch,
    "select": StatementParser._select,
    "for": StatementParser._for,
}
