"""What can go wrong with a Plane's brokers. None of it holds a seed or a whole JWT."""

from __future__ import annotations


class NatsError(Exception):
    """The brokers could not be asked, or said no."""


class SystemUnavailable(NatsError):
    """No server answered through the system account, or not all of it. The weather: ask again."""


class PushRefused(NatsError):
    """A server refused an account JWT. Pushing the same again changes nothing."""

    def __init__(self, server: str, reason: str) -> None:
        super().__init__(f"server {server} refused the account's JWT: {reason}")
        self.server = server
        self.reason = reason
