"""What a variable is after writes in branches: of `if` and `else`, and of a `switch`, exactly one has happened.

`options` folds lists of options with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gencreds.golang.forks import Branch, Forks
from gencreds.golang.variables import Span, Write
from gencreds.microbus.outcomes import Outcomes, either

# Forks that are deeper in each other than this are not told apart.
_MAX_DEPTH = 32
Applied = Callable[[Outcomes, Write], Outcomes]


def in_order(forks: Forks, writes: Sequence[Write], at: int, found: Outcomes, applied: Applied) -> Outcomes:
    """Return what a variable that starts as `found` may be at the offset `at`, after `writes`.

    None of them happens twice, or in another function. `applied` does what one write does.
    """
    ordered = sorted(writes, key=lambda write: write.at)
    return _Folding(forks, applied).folded(found, ordered, Span(0, at), None, at, _MAX_DEPTH)


class _Folding:
    def __init__(self, forks: Forks, applied: Applied) -> None:
        self._forks = forks
        self._applied = applied

    def folded(
        self, found: Outcomes, writes: Sequence[Write], within: Span, branch: Branch | None, end: int, steps: int
    ) -> Outcomes:
        position = 0
        while position < len(writes):
            write = writes[position]
            fork = self._forks.around(write.at - 1, within) if steps else None
            if fork is None:
                after = self._applied(found, write)
                is_sure = self._is_passed(write.block, write.at, branch, end)
                position += 1
            else:
                inside = [each for each in writes[position:] if fork.span.holds(each.at - 1)]
                # What leaves for good is not behind the fork.
                live = [each for each in fork.branches if not self._forks.leaves(each)]
                after = either(*(self._of_branch(found, inside, each, steps) for each in live)) if live else found
                is_sure = self._is_passed(fork.block, fork.span.end, branch, end)
                position += len(inside)
            found = after if is_sure else either(found, after)
        return found

    def _of_branch(self, found: Outcomes, writes: Sequence[Write], branch: Branch, steps: int) -> Outcomes:
        inside = [each for each in writes if branch.span.holds(each.at - 1)]
        return self.folded(found, inside, branch.span, branch, branch.span.end - 1, steps - 1)

    def _is_passed(self, block: Span, at: int, branch: Branch | None, end: int) -> bool:
        """Return whether whoever reaches `end` has been where something stands in `block` and ends at `at`."""
        return block.holds(end) and not (branch is not None and self._forks.is_left_before(branch.span, at))
