"""`make bench`: every figure that the project states, measured, printed as a table and written to bench/results.json.

Ratios are taken within one run, since absolute speeds are the machine's. A missed bar is printed and fails the command.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import derivation, ready

Row = dict[str, object]
RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    """Measure everything; 1 where a bar is missed."""
    measures: list[Callable[[], dict[str, Row]]] = [derivation.rows, ready.rows]
    rows: dict[str, Row] = {}
    for measure in measures:
        print(f"measuring {measure.__module__} …", file=sys.stderr)
        rows |= measure()
    RESULTS.write_text(json.dumps(rows, indent=2, sort_keys=True) + "\n")
    width = max(len(name) for name in rows)
    for name, row in sorted(rows.items()):
        mark = "ok" if row["ok"] else "MISSED"
        print(f"{name:{width}}  {row['value']:>10.2f} {row['unit']!s:<10} bar {row['bar']!s:<12} {mark}")
    return 0 if all(row["ok"] for row in rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
