"""`make fuzz`: scans composed trees for a while, and keeps the small ones that showed something new.

    python -m tests.fuzz.run [SECONDS] [SEED]

A failure is shrunk by hypothesis, written to the corpus as `crash-….json`, and ends the run with exit code 1.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from tests.fuzz.checking import check, written
from tests.fuzz.mutations import Recipe, Step, Tree, declarations, made

CORPUS = Path(__file__).parent / "corpus"
_MOST_BYTES = 280_000
_EACH = 200
_number = st.integers(0, 1 << 16)
_steps = st.builds(Step, st.integers(0, 255), _number, _number, _number)
RECIPES = st.builds(
    Recipe,
    st.lists(_number, min_size=1, max_size=3).map(tuple),
    st.lists(_steps, max_size=10).map(tuple),
)


def load(path: Path) -> Tree:
    """Return the tree that an entry of the corpus holds."""
    return {name: text.encode("utf-8", "surrogateescape") for name, text in json.loads(path.read_text()).items()}


def store(tree: Tree, prefix: str) -> Path:
    """Write `tree` to the corpus, named after its content."""
    text = json.dumps({name: data.decode("utf-8", "surrogateescape") for name, data in sorted(tree.items())}, indent=0)
    path = CORPUS / f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
    path.write_text(text + "\n")
    return path


def seen_in(tree: Tree) -> frozenset[str]:
    """Check `tree`; returns what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        return check(written(tree, Path(folder)))


def reduced(tree: Tree, still: Callable[[Tree], bool]) -> Tree:
    """Return `tree` without the files and declarations that `still` holds without."""
    for name in sorted(tree):
        smaller = {other: data for other, data in tree.items() if other != name}
        if still(smaller):
            tree = smaller
    for name in sorted(tree):
        parts = declarations(tree[name])
        for position in reversed(range(1, len(parts))):
            fewer = parts[:position] + parts[position + 1 :]
            if still({**tree, name: b"".join(fewer)}):
                parts = fewer
        tree = {**tree, name: b"".join(parts)}
    return tree


def fails(tree: Tree) -> bool:
    """Return whether `tree` fails its check in whatever way."""
    try:
        seen_in(tree)
    except Exception:  # noqa: BLE001 - any is a failure, and the run has raised it already
        return True
    return False


class Fuzz:
    """One run: how many trees it checked, and what they showed."""

    def __init__(self, until: float) -> None:
        self.count = 0
        self.kept = 0
        self.failing: Tree | None = None
        self._until = until
        self._seen: set[str] = set()
        for path in sorted(CORPUS.glob("*.json")):
            self._seen |= seen_in(load(path))

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self._until

    def round(self, seed: int) -> None:
        """Check some trees; raises what a check raises, shrunk."""

        @seeded(seed)
        @settings(
            max_examples=_EACH,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(RECIPES)
        def every_tree_is_scanned_well(recipe: Recipe) -> None:
            if self.failing is None and self.is_over:
                return
            self.count += 1
            seen = self._seen_in(made(recipe))
            if seen - self._seen and self.failing is None:
                self._keep(recipe, seen - self._seen)
                self._seen |= seen

        every_tree_is_scanned_well()

    def _seen_in(self, tree: Tree) -> frozenset[str]:
        try:
            return seen_in(tree)
        except BaseException:
            self.failing = tree
            raise

    def _keep(self, recipe: Recipe, new: frozenset[str]) -> None:
        """Store the smallest part of `recipe` that still shows what is new, as far as there is room."""
        for position in reversed(range(len(recipe.steps))):
            smaller = recipe._replace(steps=recipe.steps[:position] + recipe.steps[position + 1 :])
            if new <= self._seen_in(made(smaller)):
                recipe = smaller
        tree = reduced(made(recipe), lambda smaller_tree: new <= self._seen_in(smaller_tree))
        if sum(path.stat().st_size for path in CORPUS.glob("*.json")) + sum(map(len, tree.values())) < _MOST_BYTES:
            store(tree, "seen")
            self.kept += 1


def main(arguments: list[str]) -> int:
    """Fuzz for the given time; prints how many trees were checked."""
    seconds = float(arguments[0]) if arguments else 600.0
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(1 << 32)
    CORPUS.mkdir(exist_ok=True)
    fuzz = Fuzz(time.monotonic() + seconds)
    print(f"fuzzing for {seconds:g} s, seed {seed}", flush=True)
    try:
        while not fuzz.is_over:
            fuzz.round(seed)
            seed += 1
    except BaseException:
        if fuzz.failing is not None:
            path = store(reduced(fuzz.failing, fails), "crash")
            print(f"failed after {fuzz.count} trees, seed {seed}: {path}", flush=True)
        raise
    print(f"{fuzz.count} trees in {seconds:g} s, {fuzz.kept} kept, no failure")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
