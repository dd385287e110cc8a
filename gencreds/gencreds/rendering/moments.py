"""Times as people and programs read them."""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def moment(unix: int) -> str:
    """Return Unix seconds in RFC 3339; as they are where no calendar has them."""
    try:
        return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return f"{unix} s"


def relative(unix: int, now: float) -> str:
    """Return how far Unix seconds are from `now`: `in 29 days`, `3 hours ago`."""
    seconds = int(unix - now)
    size, name = next(((size, name) for size, name in _UNITS if abs(seconds) >= size), (1, "second"))
    count = abs(seconds) // size
    text = f"{count} {name}{'' if count == 1 else 's'}"
    return f"in {text}" if seconds > 0 else f"{text} ago"
