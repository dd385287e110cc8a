"""What can go wrong with the API server and with the Secrets in it. None of it knows of kopf, none of it holds a
body.
"""

from __future__ import annotations


class KubeError(Exception):
    """The root of this package's errors."""


class ApiUnavailable(KubeError):
    """The weather: no answer, too many requests, a server error. Looked at again by itself. `status` is HTTP's."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Conflict(KubeError):
    """Somebody else wrote first, or the object exists already. The next look sees what they wrote."""


class Unsignable(KubeError):
    """No JWT may be made of these claims: too large for a server to read, or they would allow every subject."""


class ApiRefused(KubeError):
    """The API server will not do it: invalid, forbidden, not found. `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
