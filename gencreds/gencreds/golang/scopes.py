"""The local variables of one function: where each is visible, and everything that is written to it.

Reads the whole function, so callers ask only where something of interest stands. `gencreds.microbus.origins` follows
values with it. What a variable holds at a place depends on order and branches; `Locals.writes_at` leaves out writes
that can not be what is read there, and never one that can.
"""

from __future__ import annotations

from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.forks import CASES, SWITCHES, Forks
from gencreds.golang.nodes import changed, inner, pairs
from gencreds.golang.syntax import GoFile
from gencreds.golang.variables import Kind, Origin, Part, Span, Variable, Write

# More writes to one variable than this are not told apart.
_MAX_WRITES = 512
# More variables of one name in one function than this are not kept apart.
_MAX_SAME = 512
# So many loops are no function that anyone wrote; what is in them counts as if anything repeated.
_MAX_LOOPS = 512
FUNCTIONS = frozenset({"func_literal", "function_declaration", "method_declaration"})
_SCOPES = FUNCTIONS | SWITCHES | CASES | {"block", "if_statement", "for_statement"}


class _Context(NamedTuple):
    scope_end: int
    block: Span
    owner: Span


class Locals:
    """The variables of the top-level declaration `top` of `file`."""

    def __init__(self, file: GoFile, top: Node) -> None:
        self._file = file
        self._variables: dict[str, list[Variable]] = {}
        self._crowded: set[str] = set()
        self._loops: list[Span] = []
        self._carrying: set[Span] = set()
        self._jumps = False
        self.forks = Forks()
        whole = Span(top.start_byte, top.end_byte)
        # What a declaration outside functions declares is no local; what function literals in it declare is.
        self._outside = whole if top.type not in FUNCTIONS else None
        self._walk(top, _Context(top.end_byte, whole, whole))

    def variable(self, name: str, at: int) -> Variable | None:
        """Return the local variable that `name` means at the offset `at`."""
        found = [each for each in self._variables.get(name, ()) if each.scope.holds(at) or each.at == at]
        return max(found, key=lambda each: (each.scope.start, each.at)) if found else None

    def writes_at(self, variable: Variable, at: int) -> tuple[tuple[Write, ...], bool]:
        """Return the writes that a read at `at` may see, in source order, and whether it may see none of them."""
        if self._jumps:
            return tuple(variable.writes), True
        owner = self._owner(variable, at)
        certain = [Span(w.at, w.at) for w in variable.writes if w.kind is Kind.SET and w.at <= at and w.block.holds(at)]
        certain += [each.span for each in self.forks.sets(variable) if each.span.end <= at and each.block.holds(at)]
        last = max(certain) if certain else None
        kept: list[Write] = []
        for write in variable.writes:
            if write.kind is not Kind.LOST:
                if last is not None and write.at < last.start and write.owner.holds(last.end - 1):
                    continue
                if write.at > at and write.owner == owner == variable.owner and not self._repeats(variable, write, at):
                    continue
            kept.append(write)
        return tuple(kept), last is None

    def is_certain(self, write: Write, at: int) -> bool:
        """Return whether whoever reaches `at` has passed `write` exactly once."""
        loops = any(loop.holds(write.at - 1) and loop.start >= write.block.start for loop in self._loops)
        return write.at <= at and write.block.holds(at) and not self._jumps and not loops

    def repeats(self, variable: Variable, write: Write) -> bool:
        """Return whether `write` may happen several times to the same `variable`."""
        return self._jumps or write.owner != variable.owner or self._repeats(variable, write, write.at - 1)

    def _repeats(self, variable: Variable, write: Write, at: int) -> bool:
        return any(
            loop.holds(at)
            and loop.holds(write.at - 1)
            # What a for clause declares goes on from one round to the next, what is in the body begins anew.
            and (not loop.holds(variable.at) or (variable.block == loop and loop in self._carrying))
            for loop in self._loops
        )

    def _owner(self, variable: Variable, at: int) -> Span:
        node = self._file.root.descendant_for_byte_range(at, at)
        while node is not None and node.type not in FUNCTIONS:
            node = node.parent
        return Span(node.start_byte, node.end_byte) if node is not None else variable.owner

    def _walk(self, top: Node, context: _Context) -> None:
        stack: list[tuple[Node, _Context]] = [(top, context)]
        while stack:
            node, context = stack.pop()
            kind = node.type
            if kind in _SCOPES:
                self.forks.enter(node, context.block)
                context = self._entered(node, context)
            elif kind == "goto_statement":
                self._jumps = True
            elif kind == "break_statement":
                self.forks.breaks.append(node.start_byte)
            handler = _HANDLERS.get(kind)
            if handler is not None:
                handler(self, node, context)
            if node.named_child_count:
                stack.extend((child, context) for child in reversed(node.named_children))

    def _entered(self, node: Node, context: _Context) -> _Context:
        span = Span(node.start_byte, node.end_byte)
        if node.type == "block" and node.parent is not None and node.parent.type in FUNCTIONS:
            # A function's parameters are in the block of its body.
            return context
        if node.type == "for_statement":
            self._loops.append(span)
            if any(child.type == "for_clause" for child in node.named_children):
                self._carrying.add(span)
            self._jumps = self._jumps or len(self._loops) > _MAX_LOOPS
        if node.type in FUNCTIONS:
            context = _Context(span.end, span, span)
            self._parameters(node, context)
            return context
        return _Context(span.end, span, context.owner)

    def _parameters(self, node: Node, context: _Context) -> None:
        origins = {"receiver": Origin.RECEIVER, "parameters": Origin.PARAMETER, "result": Origin.RESULT}
        for group_name, origin in origins.items():
            group = node.child_by_field_name(group_name)
            if group is None or group.type != "parameter_list":
                continue
            index = 0
            for parameter in group.named_children:
                if parameter.type == "comment":
                    continue
                names = [child for child in parameter.children_by_field_name("name") if child.is_named]
                for name in names:
                    variable = self._declare(name, context, node.start_byte)
                    variable.origin, variable.function, variable.index = origin, node, index
                    variable.type = parameter.child_by_field_name("type")
                    variable.is_variadic = parameter.type == "variadic_parameter_declaration"
                    variable.starts_at_zero = origin is Origin.RESULT
                    index += 1
                index += 0 if names else 1

    def _declare(self, name: Node, context: _Context, visible: int) -> Variable:
        scope = Span(visible, context.scope_end)
        variable = Variable(self._file.text(name), name.start_byte, scope, context.block, context.owner)
        same = self._variables.setdefault(variable.name, [])
        if len(same) == _MAX_SAME:
            # One variable that nobody can tell anything of stands for all of the name.
            everywhere = Span(0, len(self._file.data))
            variable = Variable(variable.name, name.start_byte, everywhere, everywhere, everywhere)
            variable.writes.append(Write(0, None, Part.WHOLE, Kind.LOST, everywhere, everywhere))
            self._variables[variable.name] = same = []
            self._crowded.add(variable.name)
        if variable.name not in self._crowded or not same:
            same.append(variable)
        return same[-1]

    def _put(self, variable: Variable, write: Write) -> None:
        if len(variable.writes) == _MAX_WRITES:
            write = write._replace(node=None, kind=Kind.LOST)
        if len(variable.writes) <= _MAX_WRITES:
            variable.writes.append(write)

    def _short(self, node: Node, context: _Context) -> None:
        for target, value, part in pairs(node, "left", "right"):
            if target.type != "identifier":
                continue
            name = self._file.text(target)
            variable = next(
                (
                    each
                    for each in self._variables.get(name, ())
                    if each.block == context.block and each.at < node.end_byte
                ),
                None,
            )
            if variable is None:
                variable = self._declare(target, context, node.end_byte)
            self._put(variable, Write(node.end_byte, value, part, Kind.SET, context.block, context.owner))

    def _spec(self, node: Node, context: _Context) -> None:
        if context.owner == self._outside:
            return
        kind = node.child_by_field_name("type")
        for target, value, part in pairs(node, "name", "value"):
            variable = self._declare(target, context, node.end_byte)
            variable.type = kind
            if value is None:
                variable.starts_at_zero = True
            else:
                self._put(variable, Write(node.end_byte, value, part, Kind.SET, context.block, context.owner))

    def _assignment(self, node: Node, context: _Context) -> None:
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else "="
        parent = node.parent
        if parent is not None and parent.type == "for_clause":
            # The update of a for clause stands before the body and runs after it.
            context = context._replace(block=Span(node.start_byte, node.start_byte))
        for target, value, part in pairs(node, "left", "right"):
            if sign == "=":
                self._assigned(target, value, part, Kind.SET, node, context)
            else:
                self._assigned(target, value, part, Kind.ADD if sign == "+=" else Kind.LOST, node, context)

    def _assigned(self, target: Node, value: Node | None, part: int, kind: Kind, node: Node, context: _Context) -> None:
        while target.type in ("parenthesized_expression", "index_expression") and target.named_child_count:
            if target.type == "index_expression":
                kind = Kind.ELEMENT if kind is Kind.SET else Kind.LOST
            target = inner(target)
        if target.type != "identifier":
            return
        name = self._file.text(target)
        variable = self.variable(name, target.start_byte)
        if variable is None:
            return
        if kind is Kind.SET and value is not None and part == Part.WHOLE:
            kind, value = changed(self._file, value, name)
        self._put(variable, Write(node.end_byte, value, part, kind, context.block, context.owner))

    def _range(self, node: Node, context: _Context) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        targets = [child for child in left.named_children if child.type != "comment"] if left is not None else []
        declares = any(child.type == ":=" for child in node.children)
        is_range = node.type == "range_clause"
        for position, target in enumerate(targets):
            if target.type != "identifier":
                continue
            variable = self.variable(self._file.text(target), target.start_byte) if not declares else None
            if declares:
                variable = self._declare(target, context, node.end_byte)
            if variable is not None:
                part, kind = (Part.ELEMENT if position else Part.KEY), (Kind.SET if is_range else Kind.LOST)
                self._put(variable, Write(node.end_byte, right, part, kind, context.block, context.owner))

    def _lost(self, node: Node, context: _Context) -> None:
        """`x++`, and `&x`: whoever has the address may write anything."""
        operator, operand = (
            node.child_by_field_name("operator"),
            inner(node) if node.named_children else None,
        )
        if node.type == "unary_expression" and (operator is None or operator.type != "&"):
            return
        while operand is not None and operand.type in ("parenthesized_expression", "index_expression"):
            operand = inner(operand) if operand.named_children else None
        if operand is not None and operand.type == "identifier":
            variable = self.variable(self._file.text(operand), operand.start_byte)
            if variable is not None:
                self._put(variable, Write(node.end_byte, None, Part.WHOLE, Kind.LOST, context.block, context.owner))

    def _copy(self, node: Node, context: _Context) -> None:
        """`copy(x, y)`: elements of `y` become elements of `x`."""
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or arguments is None or self._file.text(function) not in ("copy", "maps.Copy"):
            return
        values = [child for child in arguments.named_children if child.type != "comment"]
        if len(values) == 2:
            target = inner(values[0]) if values[0].type == "slice_expression" else values[0]
            variable = (
                self.variable(self._file.text(target), target.start_byte) if target.type == "identifier" else None
            )
            if variable is not None:
                write = Write(node.end_byte, values[1], Part.ELEMENT, Kind.ELEMENT, context.block, context.owner)
                self._put(variable, write)

    def _type_switch(self, node: Node, context: _Context) -> None:
        """What the variable of a type switch is differs from case to case."""
        alias = node.child_by_field_name("alias")
        for target in alias.named_children if alias is not None else ():
            variable = self._declare(target, context, target.end_byte)
            self._put(variable, Write(target.end_byte, None, Part.WHOLE, Kind.LOST, context.block, context.owner))


_HANDLERS = {
    "short_var_declaration": Locals._short,
    "var_spec": Locals._spec,
    "const_spec": Locals._spec,
    "assignment_statement": Locals._assignment,
    "range_clause": Locals._range,
    "receive_statement": Locals._range,
    "inc_statement": Locals._lost,
    "dec_statement": Locals._lost,
    "unary_expression": Locals._lost,
    "call_expression": Locals._copy,
    "type_switch_statement": Locals._type_switch,
}
