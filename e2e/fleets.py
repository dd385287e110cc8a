"""The fleet: an app of any number of microservices that call each other all the time (`e2e/fleet`), made by writing its
two again and again under other names, and built from the very source that permissions are derived from.
"""

from __future__ import annotations

import shutil
from pathlib import Path

TEMPLATE = Path(__file__).parent / "fleet"
FABRIC = Path(__file__).parent / "fabric"


def hostname(number: int) -> str:
    """The hostname of one of them."""
    return f"{_name(number)}.fleet"


def write_fleet(root: Path, services: int) -> None:
    """Write the module below `root`: each of at least two microservices calls the next one, the last the first."""
    for folder in ("load", "crowd"):
        shutil.copytree(TEMPLATE / folder, root / folder)
    shutil.copy(TEMPLATE / "go.sum", root)
    (root / "go.mod").write_text((TEMPLATE / "go.mod").read_text().replace("../fabric", str(FABRIC)))
    for number in range(services):
        _write_one(root, _name(number), _name((number + 1) % services))
    main = (TEMPLATE / "main" / "main.go").read_text()
    names = [_name(number) for number in range(services)]
    for line in ('\t"example.com/fleet/{}"\n', "\t\t{}.NewService(),\n"):
        main = main.replace(line.format("first"), "".join(line.format(name) for name in names))
        main = main.replace(line.format("second"), "")
    (root / "main").mkdir()
    (root / "main" / "main.go").write_text(main.replace("load.Serve(2)", f"load.Serve({services})"))


def _write_one(root: Path, name: str, callee: str) -> None:
    for file in sorted(path for path in (TEMPLATE / "first").rglob("*") if path.is_file()):
        target = root / str(file.relative_to(TEMPLATE)).replace("first", name)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text().replace("second", callee)
        target.write_text(text.replace("first", name).replace("First", name.title()))


def _name(number: int) -> str:
    return f"s{number:03d}"
