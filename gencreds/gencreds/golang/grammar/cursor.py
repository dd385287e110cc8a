"""Where one is in a file's tokens, and what was read: the base of everything in `grammar` that reads."""

from __future__ import annotations

from gencreds.golang.grammar.tokens import NotGo, Tokens

# Deeper nesting than this is refused: each level costs a few of Python's own frames.
MAX_DEPTH = 150

# What an expression is, as far as the grammar asks: one of these kinds …
NAME, SELECTOR, INDEX, LITERAL_TYPE, CHANNEL, OTHER_TYPE, CALL, GUARD, OTHER = range(1, 10)
KIND = 15
# … and flags: in parentheses; surely a type; splits into a type parameter and its constraint, or does if it must; a
# name with so much after it that it is no type's; with several indices.
PAREN, ELEMENT, SPLITS, MAY_SPLIT, VALUE, SEVERAL = 16, 32, 64, 128, 256, 512


def is_value(x: int) -> bool:
    """Return whether what `x` says of an expression leaves no room for its being a type, to tree-sitter at least."""
    return bool(x & VALUE) or x & KIND in (CALL, GUARD, OTHER)


class TooDeep(Exception):
    """The source nests deeper than `MAX_DEPTH`; `line` is where."""

    def __init__(self, line: int) -> None:
        super().__init__(f"nests deeper than {MAX_DEPTH} levels")
        self.line = line


class Cursor:
    """Goes over tokens. `tok` is the current one; every method of this and the derived raises `NotGo` or `TooDeep`."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._kinds = tokens.kinds
        self._at = 0
        self.tok = self._kinds[0]
        # Below zero in the header of a statement, where a brace begins the block.
        self.level = 0
        self._depth = 0
        self.directions: list[int] = []
        self.rewrites: list[tuple[int, bytes]] = []
        self.closings: list[int] = []

    def next(self) -> None:
        """Go on to the next token."""
        if self.tok:
            self._at += 1
            self.tok = self._kinds[self._at]

    def offset(self) -> int:
        """Return the byte that the current token starts at."""
        return self._tokens.starts[self._at]

    def fail(self, wanted: str) -> NotGo:
        """Return the error that `wanted` was expected at the current token."""
        offset = self.offset()
        found = self.tok or "the end of the file"
        if self.tok == ";" and self._tokens.data[offset : offset + 1] != b";":
            found = "newline"
        return self._tokens.error(f"expected {wanted}, found {found}", offset)

    def expect(self, kind: str) -> None:
        """Read a token of `kind`."""
        if self.tok != kind:
            raise self.fail(kind)
        self.next()

    def end_statement(self) -> None:
        """Read a semicolon, which may be left out before a closing parenthesis or brace."""
        if self.tok == ";":
            self.next()
        elif self.tok not in (")", "}"):
            raise self.fail("newline or ;")

    def enter(self) -> None:
        """Count a level of nesting; who enters also leaves."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.too_deep()

    def too_deep(self) -> TooDeep:
        """Return the error that the current token is nested too deeply."""
        return TooDeep(self._tokens.error("", self.offset()).line)

    def leave(self) -> None:
        """Count one level less."""
        self._depth -= 1

    def close(self) -> None:
        """Have a semicolon written before the current parenthesis if there is none."""
        if self._kinds[self._at - 1] not in (";", "("):
            self.closings.append(self.offset())

    def blank(self, start: int, name: bytes = b"") -> None:
        """Have what stands from the byte `start` to the current token read as `name`, or as nothing.

        Kept for a parser that accepts less than Go's; only that of `source` applies it. No byte or line moves.
        """
        old = self._tokens.data[start : self.offset()]
        # Nothing takes the blanks after it along, so that no semicolon is written behind them.
        old = old.rstrip() if name else old
        rest = old[len(name) :]
        if b"\n" in rest and len(rest) > 3 and b"*/" not in rest and name:
            # A newline after a name would end the statement, but not in a comment.
            self.rewrites.append((start, name + b"/*" + rest[2:-2].replace(b"*/", b"  ") + b"*/"))
        else:
            self.rewrites.append((start, name + bytes(10 if byte == 10 else 32 for byte in rest)))
