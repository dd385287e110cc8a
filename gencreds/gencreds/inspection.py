"""What credentials say and what is odd about them, as values; `gencreds inspect` shows them, `verify` builds upon them.

Pure: decoded claims, a limit and a time in, findings out. No seed is in here, only whether it belongs to the JWT.
"""

from __future__ import annotations

from dataclasses import dataclass

from gencreds.budget import connect_bytes
from gencreds.entries import effective, is_wide, planes, reaches_trust_root
from gencreds.grants import Verb
from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import Creds
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind

_NEARLY_FULL = 0.9


@dataclass(frozen=True)
class Remark:
    """Something about credentials that somebody should know: a stable id, and a sentence."""

    rule: str
    message: str


@dataclass(frozen=True)
class Inspection:
    """Verified credentials: the claims, who signed them, when (Unix seconds), and how large their CONNECT line is."""

    claims: UserClaims
    issuer: str
    issued_at: int
    connect_bytes: int
    seed_belongs: bool

    @property
    def account(self) -> str:
        """The account that its user is of."""
        return self.claims.issuer_account or self.issuer

    @property
    def planes(self) -> tuple[str, ...]:
        """The planes that its subjects are on; a microservice has one."""
        return planes((*self.claims.pub_allow, *self.claims.sub_allow))

    def lists(self) -> tuple[tuple[Verb, tuple[str, ...]], ...]:
        """What may be published and what subscribed; everything (`>`) where a list is empty."""
        return ((Verb.PUB, effective(self.claims.pub_allow)), (Verb.SUB, effective(self.claims.sub_allow)))

    def expired(self, now: float) -> bool:
        """Whether a broker takes it no more; `now` is in Unix seconds."""
        return self.claims.expires is not None and self.claims.expires <= now


def inspected(creds: Creds) -> Inspection:
    """Verify a `.creds` file's JWT by its own issuer; raises `TokenInvalid`."""
    decoded = decode(creds.jwt, KeyKind.USER)
    if not isinstance(decoded.claims, UserClaims):
        raise TypeError("a user's JWT has user claims")
    belongs = creds.seed.public_key == decoded.claims.subject
    return Inspection(decoded.claims, decoded.issuer, decoded.issued_at, connect_bytes(creds.jwt), belongs)


def warnings_of(found: Inspection, limit: int, now: float) -> tuple[Remark, ...]:
    """Return what is odd, the worst first; `limit` is the broker's `max_control_line`, `now` in Unix seconds."""
    return (*_on_identity(found, now), *_on_permissions(found), *_on_size(found, limit))


def _on_identity(found: Inspection, now: float) -> list[Remark]:
    claims, said = found.claims, []
    if not found.seed_belongs:
        said.append(Remark("foreign-seed", "the seed does not belong to the JWT's subject; no broker takes the two"))
    if claims.bearer_token:
        said.append(Remark("bearer", "a bearer token: whoever has the JWT connects, without its seed"))
    if found.expired(now):
        said.append(Remark("expired", "it has expired; no broker takes it"))
    if claims.not_before is not None and claims.not_before > now:
        said.append(Remark("not-yet-valid", "it is not valid yet; no broker takes it"))
    if claims.expires is None:
        said.append(Remark("no-expiry", "it never expires; sign with -expiration"))
    if claims.issuer_account is None:
        message = "signed by the account's identity, not by a signing key that could be removed; sign with -account"
        said.append(Remark("no-signing-key", message))
    if not claims.name:
        said.append(Remark("no-hostname", "it has no name, and a microservice's credentials are named by its hostname"))
    return said


def _on_permissions(found: Inspection) -> list[Remark]:
    claims, said = found.claims, []
    for verb, allow in (("pub", claims.pub_allow), ("sub", claims.sub_allow)):
        if not allow:
            said.append(Remark("allows-everything", f"its {verb} allow-list is empty, which allows every subject"))
    for verb, deny in (("pub", claims.pub_deny), ("sub", claims.sub_deny)):
        if deny:
            said.append(Remark("deny-list", f"{len(deny)} {verb} subject(s) are denied, which gencreds never does"))
    if claims.resp is not None:
        said.append(
            Remark("responses", "it may reply to any subject that it was asked on, which gencreds never allows")
        )
    if len(found.planes) > 1:
        said.append(Remark("several-planes", f"its subjects are on several planes: {', '.join(found.planes)}"))
    listed = [(verb, subject) for verb, allow in found.lists() for subject in allow]
    said += [
        Remark("trust-root", f"{verb} {subject} reaches trust roots (port 666)")
        for verb, subject in listed
        if reaches_trust_root(subject)
    ]
    said += [
        Remark("wildcard", f"{verb} {subject} reaches beyond single endpoints")
        for verb, subject in listed
        if is_wide(verb, subject, claims.name)
    ]
    return said


def _on_size(found: Inspection, limit: int) -> list[Remark]:
    size = f"its CONNECT line has {found.connect_bytes} of the {limit} bytes of the broker's max_control_line"
    if found.connect_bytes > limit:
        return [Remark("over-budget", f"{size}; it cannot connect")]
    return [Remark("nearly-full", size)] if found.connect_bytes > _NEARLY_FULL * limit else []
