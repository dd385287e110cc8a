"""What the framework's own packages export, as far as it decides an access: their source is seldom there to be read.

Used where one of them is imported with a dot. Names that are left out stay what they are: calls of unknown functions.
"""

from __future__ import annotations

from collections.abc import Mapping

FRAMEWORK = "github.com/microbus-io/fabric"
_FABRIC = f"{FRAMEWORK}/"

EXPORTED: Mapping[str, frozenset[str]] = {
    f"{_FABRIC}pub": frozenset(
        {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "Method", "URL", "Header", "Body", "Option"}
    ),
    f"{_FABRIC}sub": frozenset(
        {
            *("At", "Description", "Function", "Web", "Task", "Workflow", "InboundEvent"),
            *("RequiredClaims", "TimeBudget", "NoQueue", "Option"),
        }
    ),
    f"{_FABRIC}define": frozenset(
        {
            *("Function", "Web", "Task", "Workflow", "OutboundEvent", "InboundEvent"),
            *("Config", "Metric", "Ticker", "None"),
        }
    ),
}


def is_framework(import_path: str) -> bool:
    """Return whether a package is of the framework's module, its core services included."""
    return import_path == FRAMEWORK or import_path.startswith(_FABRIC)
