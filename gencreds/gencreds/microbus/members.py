"""Fields and methods of the tree's types, promoted ones included: what `x.name` means for an `x` of a known type."""

from __future__ import annotations

from dataclasses import dataclass

from gencreds.golang.packages import Function
from gencreds.microbus.clients import CHAIN, Client
from gencreds.microbus.shapes import Declared, Opaque, Types


@dataclass(frozen=True)
class Member:
    """A field (`field`) or method (`function`) of `owner`.

    With `is_promoted` it is a member of what `owner` embeds in `field`: of a client, or of what an interface holds.
    """

    owner: Declared
    field: str = ""
    function: Function | None = None
    is_promoted: bool = False


class Members:
    """Looks members up as Go does: the type itself first, then what it embeds, level by level."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._found: dict[tuple[Declared, str], tuple[Member, ...]] = {}

    def of(self, declared: Declared, name: str) -> tuple[Member, ...]:
        """Return what `name` selects in a value of type `declared`; nothing when that comes from outside the tree."""
        key = (declared, name)
        if key not in self._found:
            self._found[key] = self._find(declared, name)
        return self._found[key]

    def owner(self, declared: Declared) -> Declared:
        """Return the type whose fields `declared` has: itself, or the struct type that it is defined as."""
        seen = {declared}
        while not declared.fields:
            underlying = self._types.underlying(declared)
            if not isinstance(underlying, Declared) or underlying in seen:
                return declared
            declared = underlying
            seen.add(declared)
        return declared

    def _find(self, declared: Declared, name: str) -> tuple[Member, ...]:
        level, seen = [declared], {declared}
        perhaps: tuple[Member, ...] = ()
        while level:
            found = tuple(member for each in level for member in self._own(each, name))
            perhaps += tuple(member for each in level for member in self._of_interfaces(each))
            if found:
                return found + perhaps
            below: list[Declared] = []
            for each in level:
                owner = self.owner(each)
                for field in owner.embedded:
                    shape = self._types.field_shape(owner, field)
                    if isinstance(shape, Declared) and shape not in seen:
                        seen.add(shape)
                        below.append(shape)
            level = below
        return perhaps

    def _own(self, declared: Declared, name: str) -> tuple[Member, ...]:
        owner = self.owner(declared)
        if name in owner.fields:
            return (Member(owner, name),)
        if declared.name:
            methods = declared.view.package.functions(name)
            own = tuple(Member(declared, function=each) for each in methods if each.receiver_type == declared.name)
            if own:
                return own
        shapes = ((field, self._types.field_shape(owner, field)) for field in owner.embedded)
        return tuple(
            Member(owner, field.name, is_promoted=True)
            for field, shape in shapes
            if isinstance(shape, Client) and _has(shape, name)
        )

    def _of_interfaces(self, declared: Declared) -> tuple[Member, ...]:
        owner = self.owner(declared)
        return tuple(
            Member(owner, field.name, is_promoted=True)
            for field in owner.embedded
            if self._types.field_shape(owner, field) is Opaque.OPEN
        )


def _has(client: Client, name: str) -> bool:
    if name in client.api.definitions or name in CHAIN:
        return True
    return any(each.receiver_type == client.type for each in client.api.package.functions(name))
