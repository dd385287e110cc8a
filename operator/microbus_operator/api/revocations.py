"""What people ask to have revoked, and the receipts that it is: in a Plane as in a MicrobusApp."""

from __future__ import annotations

from pydantic import Field

from microbus_operator.api.meta import Model

USER_KEY = r"^U[A-Z2-7]{55}$"
# In the place of a user's public key: every user of the account.
EVERY_USER = "*"


class RevocationRequest(Model):
    """Credentials that a person wants dead, whoever has them: one user key, or what was issued before a time."""

    public_key: str | None = Field(
        default=None, pattern=USER_KEY, description="A user's public key, also one that was never issued here."
    )
    issued_before: str | None = Field(
        default=None,
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        description="All that was issued before then, such as 2026-11-23T10:00:00Z; not in the future.",
    )
    reason: str = Field(default="", max_length=256, description="Why, for the receipt.")


class AppRevocationRequest(RevocationRequest):
    """The same of an app, or of one of its microservices."""

    service: str | None = Field(
        default=None, max_length=253, description="The microservice's hostname; all of the app where left out."
    )


class ServerReceipt(Model):
    """When a server was first seen to refuse a key."""

    name: str
    acknowledged_at: int


class Receipt(Model):
    """That a user's or a signing key is dead, step by step, each at the time (unix seconds) when it was first seen.

    With `publicKey: "*"` it is about every user that was issued before `issuedBefore` (unix seconds).
    """

    public_key: str
    issued_before: int | None = None
    hostname: str = ""
    reason: str = ""
    requested_at: int
    signed_at: int | None = None
    served_at: int | None = None
    servers: tuple[ServerReceipt, ...] = ()
    closed_at: int | None = None

    @property
    def about(self) -> tuple[str, int | None]:
        """What tells it from others."""
        return (self.public_key, self.issued_before)
