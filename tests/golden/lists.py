"""Write the `.acl` of cases that have none yet: `python -m tests.golden.lists [case …]`; then read what it wrote.

What a case's comments want is written by hand; its `.acl` follows from that, and `git diff` shows where it does not.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .corpus import CASES, Trees, acl, is_refused


def main(names: list[str]) -> None:
    """Write the lists of the cases `names`, or of all that have none."""
    with tempfile.TemporaryDirectory() as folder:
        trees = Trees(Path(folder))
        for case in CASES:
            if case.name in names or (not names and not list(case.glob("*.acl"))):
                for service in trees.scanned(case):
                    if not is_refused(service):
                        (case / f"{service.hostname}.acl").write_text(acl(service))
                        sys.stdout.write(f"{case.name}/{service.hostname}.acl\n")


if __name__ == "__main__":
    main(sys.argv[1:])
