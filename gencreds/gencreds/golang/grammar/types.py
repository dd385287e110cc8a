"""The types of Go's grammar (specification: "Types"). Sits on `parameters`, under `expressions`."""

from __future__ import annotations

from gencreds.golang.grammar.parameters import BEGINS_TYPE, ParameterParser

_BOTH, _SEND, _RECEIVE = 3, 1, 2


class TypeParser(ParameterParser):
    """Reads types."""

    def try_type(self) -> bool:
        """Read a type if one begins here. `directions` are those of a channel type and of its elements."""
        self.enter()
        directions: list[int] = []
        only_channels, needed = True, False
        found = True
        while True:
            kind = self.tok
            if kind in ("chan", "<-"):
                direction = self._channel()
                if only_channels:
                    directions.append(direction)
                needed = True
                continue
            only_channels = False
            if kind == "[":
                self.next()
                self.array_length()
                needed = True
            elif kind == "*":
                self.next()
                needed = True
            elif kind == "map":
                self.next()
                self.expect("[")
                self.type()
                self.expect("]")
                needed = True
            elif kind == "func":
                self.next()
                self.parameters()
                if self.tok == "(":
                    self.parameters(result=True)
                    break
                needed = False
                if not self._begins_type():
                    break
            else:
                found = self._last_part(kind, needed)
                break
        self.leave()
        self.directions = directions
        return found

    def array_length(self) -> None:
        """Read what follows the opening bracket of an array or slice type, with the closing one."""
        self.level += 1
        if self.tok == "...":
            # Without a literal it is for the compiler to refuse.
            self.rewrites.append((self.offset(), b"0  "))
            self.next()
        elif self.tok != "]":
            self.expression()
        self.level -= 1
        self.expect("]")

    def _channel(self) -> int:
        if self.tok == "chan":
            self.next()
            if self.tok != "<-":
                return _BOTH
            self.next()
            return _SEND
        self.next()
        self.expect("chan")
        return _RECEIVE

    def _begins_type(self) -> bool:
        return self.tok in BEGINS_TYPE or self.tok == "["

    def _last_part(self, kind: str, needed: bool) -> bool:
        if kind == "name":
            self.next()
            self.qualified_rest()
        elif kind == "(":
            self.next()
            self.type()
            self.expect(")")
        elif kind == "struct":
            self._struct()
        elif kind == "interface":
            self._interface()
        elif needed:
            raise self.fail("type")
        else:
            return False
        return True

    def qualified_rest(self) -> None:
        """Read what follows a type's or package's name: a name in the package, type arguments."""
        if self.tok == ".":
            self.next()
            self.expect("name")
        if self.tok == "[":
            self._type_arguments()

    def _type_arguments(self) -> None:
        self.expect("[")
        self.level += 1
        if self.tok == "]":
            raise self.fail("type argument")
        while self.tok not in ("]", ""):
            self.type()
            if self.tok != ",":
                break
            self.next()
        self.level -= 1
        self.expect("]")

    def _struct(self) -> None:
        self.next()
        self.expect("{")
        while self.tok in ("name", "*"):
            self._field()
        self.expect("}")

    def _field(self) -> None:
        if self.tok == "*":
            self.next()
            self.expect("name")
            self.qualified_rest()
        else:
            self.next()
            if self.tok == ".":
                self.qualified_rest()
            elif self.tok not in ("string", ";", "}"):
                names = 1
                while self.tok == ",":
                    self.next()
                    self.expect("name")
                    names += 1
                if names == 1 and self.tok == "[":
                    self.array_or_instance()
                else:
                    self.type()
        if self.tok == "string":
            self.next()
        self.end_statement()

    def _interface(self) -> None:
        self.next()
        self.expect("{")
        while True:
            if self.tok == "name":
                self._method_or_embedded()
            elif self.tok == "~":
                self.union()
            elif self.try_type():
                self.union_rest()
            else:
                break
            self.end_statement()
        self.expect("}")

    def _method_or_embedded(self) -> None:
        self.next()
        if self.tok == "(":
            self.signature()
            return
        if self.tok == "[":
            self.next()
            self.level += 1
            self.expression()
            self.level -= 1
            if self.tok == ",":
                self.next()
                self.level += 1
                while self.tok not in ("]", ""):
                    self.type()
                    if self.tok != ",":
                        break
                    self.next()
                self.level -= 1
            self.expect("]")
        else:
            self.qualified_rest()
        self.union_rest()
