"""Which account JWT is served: a map from public key to JWT, and the rules by which a published JWT gets into it.

Publications come from the sources (`source_kubernetes.py`, `source_directory.py`) through `intake.py`; `server.py`
reads. Nothing in here touches a disk, a network or a clock.

The rules protect the brokers from what a publication may say by mistake or malice:

* A JWT must verify, be its entry's account, and be signed by a key that the publication's operator JWT trusts.
* The operator that first vouched for an account is the only one that ever may (first sight wins).
* An older JWT never replaces a newer one: nats-server compares no dates (pitfalls N6, N18), so the replay of
  yesterday's ConfigMap would undo a revocation. Nor does another JWT of the same second; publishers let `iat` grow.
* What disappears is served on. A 404 would lock nobody out, as servers keep what they have (N5), yet keep a server
  from starting or a microservice from connecting. An account is ended by publishing its tombstone: everything revoked,
  no signing key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gencreds.nats.claims import AccountClaims, OperatorClaims
from gencreds.nats.jwt import TokenInvalid, decode
from gencreds.nats.nkeys import KeyKind

OPERATOR_ENTRY = "operator.jwt"
SUFFIX = ".jwt"
MOST_ENTRIES = 1000
MOST_ACCOUNTS = 4096
MOST_BYTES = 32 * 1024 * 1024
"""Of all JWTs together: what a pod's memory and state directory are made for."""


@dataclass(frozen=True)
class Publication:
    """One ConfigMap or folder: where it is, and its entries. No entries: it is gone."""

    origin: str
    entries: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class KnownOperator:
    """The newest operator JWT seen of an operator, and the keys that it lets sign accounts."""

    identity: str
    jwt: str = field(repr=False)
    issued_at: int
    signers: frozenset[str]


@dataclass(frozen=True)
class KnownAccount:
    """A JWT that is served, the operator that vouches for the account, and where it was published."""

    account: str
    jwt: str = field(repr=False)
    issued_at: int
    operator: str
    origin: str


@dataclass(frozen=True)
class Refusal:
    """An entry that is not served, and why, in words for a log."""

    origin: str
    entry: str
    reason: str


@dataclass(frozen=True)
class Judgement:
    """What a publication changes: to be made durable and then given to `AccountStore.apply`."""

    operator: KnownOperator | None = None
    accounts: tuple[KnownAccount, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    missing: tuple[str, ...] = ()


class EntryRefused(ValueError):
    """An entry breaks a rule; the message says which."""


class AccountStore:
    """What is served. One writer; readers may look at any time."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._accounts: dict[str, KnownAccount] = {}
        self._operators: dict[str, KnownOperator] = {}
        self._bytes = 0

    def body(self, account: str) -> bytes | None:
        """The JWT of an account as it is sent, or None."""
        return self._bodies.get(account)

    def known(self, account: str) -> KnownAccount | None:
        """What is known of an account."""
        return self._accounts.get(account)

    def __len__(self) -> int:
        return len(self._accounts)

    def apply(self, operators: Iterable[KnownOperator], accounts: Iterable[KnownAccount]) -> None:
        """Serve `accounts` from now on."""
        for operator in operators:
            self._operators[operator.identity] = operator
        for known in accounts:
            body = known.jwt.encode("ascii")
            self._bytes += len(body) - len(self._bodies.get(known.account, b""))
            self._accounts[known.account] = known
            self._bodies[known.account] = body

    def judge(self, publication: Publication) -> Judgement:
        """What `publication` changes, what of it is refused, and which of its accounts are not in it any more."""
        origin, entries = publication.origin, publication.entries
        missing = tuple(
            sorted(
                account
                for account, known in self._accounts.items()
                if known.origin == origin and account + SUFFIX not in entries
            )
        )
        if not entries:
            return Judgement(missing=missing)
        if len(entries) > MOST_ENTRIES:
            reason = f"it has {len(entries)} entries, and {MOST_ENTRIES} are the most that are read"
            return Judgement(refusals=(Refusal(origin, "*", reason),), missing=missing)
        try:
            operator, newer = self._operator(entries)
        except (EntryRefused, TokenInvalid) as error:
            return Judgement(refusals=(Refusal(origin, OPERATOR_ENTRY, str(error)),), missing=missing)
        accepted: list[KnownAccount] = []
        refusals: list[Refusal] = []
        room = _Room(MOST_ACCOUNTS - len(self._accounts), MOST_BYTES - self._bytes)
        for entry in sorted(entries):
            if entry == OPERATOR_ENTRY:
                continue
            try:
                known = self._account(entry, entries[entry].strip(), operator, origin)
                if known is not None:
                    room.take(known, self._accounts.get(known.account))
                    accepted.append(known)
            except (EntryRefused, TokenInvalid) as error:
                refusals.append(Refusal(origin, entry, str(error)))
        return Judgement(operator if newer else None, tuple(accepted), tuple(refusals), missing)

    def _operator(self, entries: Mapping[str, str]) -> tuple[KnownOperator, bool]:
        """The operator that vouches for a publication, by its newest JWT, and whether that came with it."""
        token = entries.get(OPERATOR_ENTRY)
        if token is None:
            raise EntryRefused("it is missing, so nobody vouches for the accounts; publish it beside them")
        offered = read_operator(token.strip())
        held = self._operators.get(offered.identity)
        if held is not None and (held.issued_at > offered.issued_at or held.jwt == offered.jwt):
            return held, False
        return offered, True

    def _account(self, entry: str, token: str, operator: KnownOperator, origin: str) -> KnownAccount | None:
        """The entry as it would be served, or None where it is served already."""
        name = entry.removesuffix(SUFFIX)
        held = self._accounts.get(name)
        if held is not None and held.jwt == token:
            return None
        known, issuer = read_account(name, token, operator.identity, origin)
        if issuer not in operator.signers:
            raise EntryRefused(f"its issuer {issuer} may not sign accounts of operator {operator.identity}")
        if held is None:
            return known
        if held.operator != operator.identity:
            raise EntryRefused(
                f"operator {operator.identity} vouches for it, but the account belongs to operator {held.operator}"
                f" since it was first seen in {held.origin}; to change that, delete the resolver's state"
            )
        if held.issued_at >= known.issued_at:
            raise EntryRefused(
                f"its iat {known.issued_at} is not later than {held.issued_at}, that of the JWT which is served;"
                " publish the account signed anew"
            )
        return known


@dataclass
class _Room:
    """How many accounts and bytes may still come. An account that is served already may always change, within the
    bytes.
    """

    accounts: int
    size: int

    def take(self, known: KnownAccount, held: KnownAccount | None) -> None:
        more = len(known.jwt) - (len(held.jwt) if held else 0)
        if more > max(self.size, 0) or (held is None and self.accounts < 1):
            raise EntryRefused(
                f"{MOST_ACCOUNTS} accounts or {MOST_BYTES} bytes would be exceeded; remove accounts that are not in use"
                " and delete the resolver's state"
            )
        self.size -= more
        self.accounts -= held is None


def read_operator(token: str) -> KnownOperator:
    """Verify an operator JWT. It must be signed by the identity itself: a signing key could list itself in one.

    Raises `TokenInvalid` or `EntryRefused`.
    """
    decoded = decode(token, KeyKind.OPERATOR)
    claims = decoded.claims
    assert isinstance(claims, OperatorClaims)
    if decoded.issuer != claims.subject:
        raise EntryRefused(f"operator {claims.subject} did not sign it itself, {decoded.issuer} did")
    own = () if claims.strict_signing_key_usage else (claims.subject,)
    return KnownOperator(claims.subject, token, decoded.issued_at, frozenset((*claims.signing_keys, *own)))


def read_account(name: str, token: str, operator: str, origin: str) -> tuple[KnownAccount, str]:
    """Verify an account JWT; returns it with its issuer. Raises `TokenInvalid` or `EntryRefused`."""
    decoded = decode(token, KeyKind.ACCOUNT)
    claims = decoded.claims
    assert isinstance(claims, AccountClaims)
    if claims.subject != name:
        raise EntryRefused(f"it holds the JWT of account {claims.subject}; name the entry {claims.subject}{SUFFIX}")
    return KnownAccount(name, token, decoded.issued_at, operator, origin), decoded.issuer
