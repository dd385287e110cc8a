"""What a string has to look like by the `format` of its schema: Kubernetes' times, quantities, base64, and ports by
number or name.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Any

_QUANTITY = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def decoded(text: str) -> bytes | None:
    """Base64 as Go's decoder takes it, which passes over line breaks; None for what is none."""
    try:
        return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        return None


def ill_formed(value: Any, form: str) -> str | None:  # noqa: ANN401 - any JSON
    """What is wrong with a value of that format, None where nothing is, or nobody knows the format."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match form:
        case "byte" if decoded(value) is None:
            return "it is no base64"
        case "date-time" if not _is_time(value):
            return "it is no time such as 2026-11-23T10:00:00Z"
        case "quantity" if not (number or (isinstance(value, str) and _QUANTITY.fullmatch(value))):
            return "it is no quantity such as 500m or 1Gi"
        case "int-or-string" if not (isinstance(value, str) or (number and isinstance(value, int))):
            return "it must be an integer or a string"
    return None


def _is_time(text: str) -> bool:
    try:
        return _TIME.fullmatch(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False
