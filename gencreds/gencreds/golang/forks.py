"""Statements that run exactly one of their branches: `if` with an `else`, `switch` with a `default`, `select`.

What every branch of one writes is certain behind it. A part of `scopes`, which walks a function and tells of them.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from tree_sitter import Node

from gencreds.golang.variables import Kind, Span, Variable

SWITCHES = frozenset({"expression_switch_statement", "type_switch_statement", "select_statement"})
CASES = frozenset({"expression_case", "type_case", "communication_case", "default_case"})
# What ends a branch so that nothing behind the whole statement is reached, or only through the next branch.
_STOPS = frozenset({"return_statement", "continue_statement", "fallthrough_statement"})
# So many branches are no function that anyone wrote; none of them is told apart then.
_MAX_BRANCHES = 4096


class Branch(NamedTuple):
    """One branch; `stop` is where it leaves for good, -1 if it does not."""

    span: Span
    stop: int


class Fork(NamedTuple):
    """A statement of which exactly one of the `branches` runs; `block` is where it stands itself."""

    span: Span
    block: Span
    branches: tuple[Branch, ...]
    is_switch: bool
    falls_through: bool


class Forks:
    """The forks of one function; `breaks` is where its `break` statements stand, in source order."""

    def __init__(self) -> None:
        self._forks: list[Fork] = []
        self._of_branch: dict[Span, Fork] = {}
        self.breaks: list[int] = []
        self._count = 0
        self._stay: dict[Span, frozenset[Span]] = {}

    def enter(self, node: Node, block: Span) -> None:
        """Note the statement `node`, which stands in `block`, if it is a fork; a walk comes here in source order."""
        is_switch = node.type in SWITCHES
        branches = _cases(node) if is_switch else _sides(node)
        if not branches:
            return
        self._count += len(branches)
        if self._count > _MAX_BRANCHES:
            self._forks.clear()
            self._of_branch.clear()
            return
        span = _span(node)
        falls = is_switch and any(_last(each) == "fallthrough_statement" for each in branches)
        stops = tuple(Branch(_span(each), _stop(each, is_switch=is_switch)) for each in branches)
        # An `else if` is a branch as a whole.
        fork = Fork(span, span if span in self._of_branch else block, stops, is_switch, falls)
        self._forks.append(fork)
        self._of_branch.update(dict.fromkeys((each.span for each in stops), fork))

    def around(self, at: int, within: Span) -> Fork | None:
        """Return the outermost fork in `within` that holds `at` in one of its branches, each of which runs alone."""
        for fork in self._forks:
            if fork.span.holds(at) and within.start <= fork.span.start and fork.span.end <= within.end:
                is_inside = not fork.falls_through and any(each.span.holds(at) for each in fork.branches)
                return fork if is_inside else None
        return None

    def is_left_before(self, block: Span, at: int) -> bool:
        """Return whether `break` may leave the branch `block` of a switch before `at`."""
        fork = self._of_branch.get(block)
        if fork is None or not fork.is_switch:
            return False
        position = bisect_left(self.breaks, block.start)
        return position < len(self.breaks) and self.breaks[position] < at

    def sets(self, variable: Variable) -> list[Fork]:
        """Return the forks that set `variable` in every branch that does not leave for good."""
        if not self._of_branch:
            return []
        found: list[Fork] = []
        setting: dict[Span, set[Span]] = {}
        waiting = [(write.block, write.at) for write in variable.writes if write.kind is Kind.SET]
        while waiting:
            block, at = waiting.pop()
            fork = self._of_branch.get(block)
            staying = self._staying(fork) if fork is not None else frozenset()
            if fork is None or block not in staying or self.is_left_before(block, at):
                continue
            done = setting.setdefault(fork.span, set())
            if block not in done:
                done.add(block)
                if len(done) == len(staying):
                    found.append(fork)
                    waiting.append((fork.block, fork.span.end))
        return found

    def leaves(self, branch: Branch) -> bool:
        """Return whether nothing behind the fork is reached through `branch` itself."""
        return branch.stop >= 0 and not self.is_left_before(branch.span, branch.stop)

    def _staying(self, fork: Fork) -> frozenset[Span]:
        if fork.span not in self._stay:
            self._stay[fork.span] = frozenset(each.span for each in fork.branches if not self.leaves(each))
        return self._stay[fork.span]


def _span(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte)


def _sides(node: Node) -> list[Node]:
    first, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
    return [first, other] if first is not None and other is not None else []


def _cases(node: Node) -> list[Node]:
    cases = [child for child in node.named_children if child.type in CASES]
    is_whole = node.type == "select_statement" or any(child.type == "default_case" for child in cases)
    return cases if is_whole else []


def _last_statement(branch: Node) -> Node | None:
    lists = [child for child in branch.named_children if child.type == "statement_list"]
    statements = [child for each in lists for child in each.named_children if child.type != "comment"]
    return statements[-1] if statements else None


def _last(branch: Node) -> str:
    statement = _last_statement(branch)
    return statement.type if statement is not None else ""


def _stop(branch: Node, *, is_switch: bool) -> int:
    statement = _last_statement(branch)
    if statement is None:
        return -1
    # In an `if`, `break` leaves what is around both the `if` and all that follows it.
    stops = statement.type in _STOPS or (statement.type == "break_statement" and not is_switch)
    return statement.start_byte if stops else -1
