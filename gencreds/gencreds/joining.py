"""A report's JSON text from its microservices' parts: `report` makes it so, and `rescan` keeps the parts."""

from __future__ import annotations

from collections.abc import Iterable


def joined(services: Iterable[str]) -> str:
    """Return the report that is made of these parts, each a JSON object that is indented by two spaces a level."""
    listed = ",\n".join("    " + service.replace("\n", "\n    ") for service in services)
    return f'{{\n  "services": [\n{listed}\n  ]\n}}\n' if listed else '{\n  "services": []\n}\n'
