"""Holds our reading of Go against Go's own parser, on mutants: what it rejects we refuse, what it accepts we read.

`make differential`, or `python -m tests.contract.go_differential --mutants 100000 --seed 1`, prints the figures;
`test_go_differential` runs a part of it. Needs `go`, as a tool of the tests only: the engine never runs it.
"""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from gencreds.golang.limits import Limits
from gencreds.golang.syntax import GoFile

from .go_mutants import Mutants, corpus
from .go_programs import built

_BATCH = 256


@dataclass(frozen=True)
class Disagreement:
    """A source that only one of the two accepts. `go` is Go's first error, empty if it accepts; `ours` likewise."""

    index: int
    file: str
    source: bytes
    go: str
    ours: str

    @property
    def kind(self) -> str:
        """What the disagreement is about: the error without the names in it."""
        said = f"Go rejects: {self.go.partition(': ')[2]}" if self.go else f"we refuse: {self.ours.partition(': ')[2]}"
        return re.sub(r"found .*|\(and \d+ more errors\)|'[^']*'|\d+", "…", said)


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    accepted: int
    rejected: int
    disagreements: tuple[Disagreement, ...]


def go_errors(sources: Iterable[bytes]) -> Iterator[str]:
    """Return, for each source, the first error of Go's parser; an empty string where it accepts."""
    program = built(Path(__file__).parent / "goparse")
    remaining = iter(sources)
    with subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        while batch := list(islice(remaining, _BATCH)):
            # Both sides of a pipe may fill up: it is written while it is read.
            writer = threading.Thread(target=_write, args=(process.stdin, batch))
            writer.start()
            for _ in batch:
                (size,) = struct.unpack(">I", process.stdout.read(4))
                yield process.stdout.read(size).decode("utf-8", "replace")
            writer.join()
        process.stdin.close()


def _write(pipe: IO[bytes], batch: Sequence[bytes]) -> None:
    pipe.write(b"".join(struct.pack(">I", len(source)) + source for source in batch))
    pipe.flush()


def our_error(source: bytes) -> str:
    """Return why we refuse `source`; an empty string if we read it."""
    problem = GoFile("x.go", source, Limits().nesting).problem
    return "" if problem is None else f"{problem.line}: {problem.rule}: {problem.message}"


def compare(names: Sequence[str], sources: Iterable[tuple[int, bytes]]) -> Outcome:
    """Compare the two on `sources`, each with the number of its origin in `names`."""
    made = list(sources)
    accepted = rejected = 0
    found: list[Disagreement] = []
    for index, ((which, source), go) in enumerate(zip(made, go_errors(source for _, source in made), strict=True)):
        ours = our_error(source)
        accepted += not go
        rejected += bool(go)
        if bool(go) != bool(ours):
            found.append(Disagreement(index, names[which], source, go, ours))
    return Outcome(accepted, rejected, tuple(found))


def differential(mutants: int, seed: int) -> Outcome:
    """Compare the two on mutants of the corpus."""
    files = corpus()
    return compare([name for name, _ in files], Mutants([data for _, data in files], seed).first(mutants))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the differential and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract.go_differential")
    parser.add_argument("--mutants", type=int, default=100_000)
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--show", type=int, default=0, help="print this many sources per class of disagreement")
    given = parser.parse_args(arguments)
    failed = False
    for seed in given.seed:
        outcome = differential(given.mutants, seed)
        classes = Counter(each.kind for each in outcome.disagreements)
        print(
            f"seed {seed}: {given.mutants} mutants, Go accepts {outcome.accepted} and rejects {outcome.rejected}; "
            f"{len(outcome.disagreements)} disagreements",
            flush=True,
        )
        for kind, count in classes.most_common():
            print(f"{count:6} {kind}")
            for each in [each for each in outcome.disagreements if each.kind == kind][: given.show]:
                print(f"------ {each.index} of {each.file}: {each.go or each.ours}\n{_excerpt(each)}")
        failed = failed or bool(outcome.disagreements)
    return int(failed)


def _excerpt(each: Disagreement) -> str:
    line = re.match(r"(\d+):", each.go)
    lines = each.source.decode("utf-8", "backslashreplace").splitlines()
    at = int(line[1]) if line else 1
    return "\n".join(lines[max(0, at - 4) : at + 2]) if line else "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
