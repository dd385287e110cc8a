"""`make mutation`: mutate the corpus and the example, print the figures, fail where a change goes unnoticed.

`python -m tests.mutation --write` writes `unchanged.txt` anew: reasons that are there stay, evident ones are filled in,
and what has none gets a question mark, which fails until a person has written the reason, or mended the engine.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from .judging import UNCHANGED, evident_reason, subjects, unchanged

HEAD = """\
# Mutants that must not change the report, each with the reason why; `python -m tests.mutation --write` keeps the list.
"""
AT_LEAST = 0.95


def main(arguments: list[str]) -> int:
    """Judge all mutants; returns the exit code."""
    known, found = unchanged(), {}
    kinds: Counter[str] = Counter()
    unseen: Counter[str] = Counter()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for subject in subjects(Path(folder)):
            before, services = subject.outcome(), subject.services()
            for key, mutant in subject.mutants().items():
                kinds[mutant.kind] += 1
                if not subject.changes(mutant, before):
                    unseen[mutant.kind] += 1
                    found[key] = known.get(key, "?")
                    if found[key] == "?":
                        found[key] = evident_reason(mutant, services) or "?"
    total, rest = kinds.total(), unseen.total()
    share = (total - rest) / total
    for kind, count in sorted(kinds.items()):
        sys.stdout.write(f"{kind:10}{count - unseen[kind]:6} of {count:6}\n")
    seconds = time.monotonic() - start
    sys.stdout.write(f"{total - rest} of {total} mutants change the report ({share:.1%}), in {seconds:.0f} s\n")
    if "--write" in arguments:
        UNCHANGED.write_text(HEAD + "".join(f"{key}  ## {reason}\n" for key, reason in sorted(found.items())))
        known = found
    wrong = [f"without a reason: {key}" for key, reason in sorted(found.items()) if reason == "?"]
    wrong += [f"changes the report, or is no mutant any more: {key}" for key in sorted(set(known) - set(found))]
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong or share < AT_LEAST else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
