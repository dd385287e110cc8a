"""Must a microservice's credentials be issued, and why? An ordered list of questions; the first yes is the answer.

Each question is a pure function of what is wanted and what was found. "Could not check" is never a yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from microbus_operator.core.observed import CredsObservation
from microbus_operator.core.revoking import refuses


@dataclass(frozen=True)
class WantedCreds:
    """What a microservice's credentials must say. `life` is in seconds, 0 for credentials that never expire.

    `revoked` is the account's list: user keys and the time up to which what was issued to them is refused.
    `generation` is what a person has raised to have them replaced; `rotate_every` is in seconds, 0 for never. What
    `signers` signed stands, beside what `signing_key` did: a newer key, while not every server is seen to know it.
    """

    hostname: str
    account: str
    signing_key: str
    pub: tuple[str, ...] = field(repr=False)
    sub: tuple[str, ...] = field(repr=False)
    life: int
    revoked: Mapping[str, int] = field(default_factory=dict, repr=False)
    generation: int = 1
    rotate_every: int = 0
    signers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reason:
    """Why credentials are issued: a word for machines, a sentence for people."""

    word: str
    message: str


Policy = Callable[[WantedCreds, CredsObservation | None, int], Reason | None]


def none_yet(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """There is no Secret: the API server said so."""
    return Reason("NoCredentials", f"{wanted.hostname} has no credentials yet") if found is None else None


def unreadable(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """The Secret is ours, but what it holds is no `.creds` (somebody edited it)."""
    if found and found.invalid:
        return Reason("CredentialsInvalid", f"the credentials of {wanted.hostname} do not parse: {found.invalid}")
    return None


def other_account(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """They belong to another account: the Plane's account changed (pitfall K5: compare the issuer, not existence)."""
    if found and found.issuer_account != wanted.account:
        return Reason("AccountChanged", f"{wanted.hostname} was issued for account {found.issuer_account}")
    return None


def other_signer(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """They were signed by a key that is not the app's, or that a newer one takes the place of."""
    if found and found.issuer != wanted.signing_key and found.issuer not in wanted.signers:
        return Reason("SigningKeyChanged", f"{wanted.hostname} was signed by {found.issuer}")
    return None


def revoked(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """Their key is revoked: a Secret came back from a backup, or a microservice that was gone is there again."""
    if found and found.public_key and refuses(wanted.revoked, found.public_key, found.issued_at):
        return Reason("Revoked", f"the user key of {wanted.hostname} is revoked in its account")
    return None


def other_grants(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """The code does something else now. The allow-lists are compared, never a version (pitfall K4)."""
    if found and (set(found.pub) != set(wanted.pub) or set(found.sub) != set(wanted.sub)):
        added = len((set(wanted.pub) | set(wanted.sub)) - (set(found.pub) | set(found.sub)))
        removed = len((set(found.pub) | set(found.sub)) - (set(wanted.pub) | set(wanted.sub)))
        return Reason(
            "GrantsChanged", f"the source of {wanted.hostname} changed its grants: {added} added, {removed} removed"
        )
    return None


def life_changed(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """A never-ending credential where an end is wanted. The other way round waits for the next renewal."""
    if found and wanted.life and found.expires_at is None:
        return Reason("ExpirationChanged", f"{wanted.hostname} has credentials that never expire")
    return None


def requested(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """A person raised `spec.credentials.generation`. One that went back (an old manifest) asks for nothing."""
    if found and found.generation < wanted.generation:
        return Reason(
            "RotationRequested",
            f"spec.credentials.generation is {wanted.generation}, and the credentials of {wanted.hostname} are of "
            f"{found.generation}",
        )
    return None


def scheduled(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """They are as old as `rotateEvery` lets them become. The one before has to be over: keys do not pile up."""
    if found and wanted.rotate_every and not found.previous and now >= found.issued_at + wanted.rotate_every:
        return Reason("RotationScheduled", f"the credentials of {wanted.hostname} are due by rotateEvery")
    return None


def expiring(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """Two thirds of the life are over: early enough for every kubelet to bring the new file (pitfall N10).

    A life that was shortened since counts from the issuance too.
    """
    if found and found.expires_at is not None:
        ends = min(found.expires_at, found.issued_at + (wanted.life or found.expires_at))
        if now >= renewal_time(found.issued_at, ends):
            return Reason("Expiring", f"the credentials of {wanted.hostname} are past two thirds of their life")
    return None


POLICIES: tuple[Policy, ...] = (
    none_yet,
    unreadable,
    other_account,
    other_signer,
    revoked,
    other_grants,
    life_changed,
    requested,
    scheduled,
    expiring,
)


def renewal_time(issued_at: int, expires_at: int) -> int:
    """When credentials are renewed, in unix seconds."""
    return issued_at + (expires_at - issued_at) * 2 // 3


def is_past_half(wanted: WantedCreds, found: CredsObservation | None, now: int) -> bool:
    """Whether half of the way to the next renewal or rotation is over."""
    if found is None or found.previous:
        return False
    ages = [wanted.rotate_every] if wanted.rotate_every else []
    if found.expires_at is not None:
        ages.append(renewal_time(0, found.expires_at - found.issued_at))
    return bool(ages) and now - found.issued_at >= min(ages) / 2


def must_issue(wanted: WantedCreds, found: CredsObservation | None, now: int) -> Reason | None:
    """The first reason to issue, or None where the credentials stand."""
    return next((reason for policy in POLICIES if (reason := policy(wanted, found, now))), None)
