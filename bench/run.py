"""`make bench`: every figure that the project states, measured, printed as a table and written to bench/results.json.

    python bench/run.py [PART…]

Parts are the modules below by name; without any, all are measured. Only `ready` needs the cluster. Ratios are taken
within one run, since absolute speeds are the machine's. A missed bar is printed and fails the command.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

Row = dict[str, object]
RESULTS = Path(__file__).parent / "results.json"
PARTS = ("derivation", "local", "folder", "ready")


def main(chosen: list[str]) -> int:
    """Measure these parts, or everything; 1 where a bar is missed, 2 where there is no such part."""
    unknown = sorted(set(chosen) - set(PARTS))
    if unknown:
        print(f"no part of the bench is called {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    rows: dict[str, Row] = {}
    for part in chosen or PARTS:
        print(f"measuring {part}, at a load of {os.getloadavg()[0]:.1f} …", file=sys.stderr)
        rows |= import_module(f"bench.{part}").rows()
    # What was not measured now stays as it was measured last.
    known = json.loads(RESULTS.read_text()) if chosen and RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(known | rows, indent=2, sort_keys=True) + "\n")
    width = max(len(name) for name in rows)
    for name, row in sorted(rows.items()):
        mark = "ok" if row["ok"] else "MISSED"
        print(f"{name:{width}}  {row['value']:>10.2f} {row['unit']!s:<10} bar {row['bar']!s:<12} {mark}")
    return 0 if all(row["ok"] for row in rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
