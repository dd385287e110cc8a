"""What a scan as a whole can end with. Loads nothing, so that commands that scan nothing need not either."""

from __future__ import annotations


class ScanError(Exception):
    """The scan as a whole is impossible; the message says what to do."""
