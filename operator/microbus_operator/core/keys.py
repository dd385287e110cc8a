"""Keys as the core sees them: by public key and state, never by seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gencreds.nats.nkeys import KeyInvalid, KeyKind, check_public_key


def is_user_key(text: str) -> bool:
    """Whether `text` is a user's public key: to NATS, `*` in a list of revocations would be every user."""
    try:
        check_public_key(text, KeyKind.USER)
    except KeyInvalid:
        return False
    return True


class KeyState(StrEnum):
    """What was found under a key's Secret name."""

    ABSENT = "Absent"  # the API server said 404
    PRESENT = "Present"  # read and verified
    INVALID = "KeyInvalid"  # ours by label, but it does not verify
    FOREIGN = "SecretConflict"  # a Secret of that name that is not ours


@dataclass(frozen=True)
class KeyRef:
    """A key's Secret, and what kind of NKey it must hold."""

    namespace: str
    secret: str
    kind: KeyKind
    role: str


@dataclass(frozen=True)
class KeyObservation:
    """One look at a key's Secret. `problem` says, for people, what did not verify; `uid` is the Secret's."""

    ref: KeyRef
    state: KeyState
    public_key: str | None = None
    problem: str = ""
    uid: str = ""


@dataclass(frozen=True)
class SigningKey:
    """One of the two places for an app's account signing keys, and the key that is in it.

    `made_for` are the generations that it was made for, of the Plane's `spec.keys.signingKeys` and of the app's
    `spec.credentials.signingKey`; `made_at` is in unix seconds. `replaced_by` is the key that is proven to have taken
    its place, `replaces` are keys without a Secret whose place this one is proven to have taken, and `revoked` are
    users that it signed and that the account's JWT revokes, `ends` when those of them end that do (unix seconds).
    `account` is the generation of the account that it is for.
    """

    key: KeyObservation
    generation: int = 1
    made_for: tuple[int, int] = (1, 1)
    made_at: int | None = None
    replaced_by: str = ""
    replaces: frozenset[str] = frozenset()
    revoked: frozenset[str] = frozenset()
    ends: Mapping[str, int] = field(default_factory=dict)
    account: int = 1

    @property
    def public_key(self) -> str:
        """The public key; empty where the place holds none that can be used."""
        return self.key.public_key or ""


@dataclass(frozen=True)
class AccountKey:
    """The identity of one generation of a Plane's account, and what is written beside it.

    With `is_known` every server was seen to let clients into the account. `replaced_by` is the account that took its
    place: nobody is let into this one ever again. `made_at` is in unix seconds.
    """

    key: KeyObservation
    generation: int = 1
    is_known: bool = False
    replaced_by: str = ""
    made_at: int | None = None

    @property
    def public_key(self) -> str:
        """The public key; empty where the Secret holds none that can be used."""
        return self.key.public_key or ""


@dataclass(frozen=True)
class KeyTrouble:
    """Why a key cannot be used, as a condition's reason and message."""

    reason: str
    message: str


def judged(key: KeyObservation, recorded: frozenset[str]) -> KeyTrouble | None:
    """What is wrong with a key, or None where it is well or may be minted.

    `recorded` holds every public key that anything of ours already refers to in this key's role: status, the accounts'
    JWTs, the operator JWT. A key is provably absent only where its Secret is and nothing refers to it; otherwise
    its seed is lost, and a new one would be a new identity that nobody asked for (pitfalls K1, K2).
    """
    where = f"Secret {key.ref.namespace}/{key.ref.secret}"
    known = ", ".join(sorted(recorded))
    match key.state:
        case KeyState.FOREIGN if recorded:
            return KeyTrouble(
                "SecretConflict",
                f"{where} is not the operator's ({key.problem}), but {key.ref.role} key {known} is in use: it was "
                "edited or replaced; restore it from a backup, and do not delete it: it may hold the only copy",
            )
        case KeyState.FOREIGN:
            return KeyTrouble(
                "SecretConflict", f"{where} exists but is not the operator's ({key.problem}); rename or delete it"
            )
        case KeyState.INVALID:
            return KeyTrouble(
                "KeyInvalid",
                f"{where} does not hold a valid {key.ref.role} key: {key.problem}; restore it from a backup",
            )
        case KeyState.ABSENT if recorded:
            return KeyTrouble(
                "SeedLost",
                f"{where} is gone, but {key.ref.role} key {known} is in use; restore that Secret from a backup. "
                "No new key is made in its place: it would be a new identity",
            )
        case KeyState.PRESENT if recorded and key.public_key not in recorded:
            return KeyTrouble(
                "KeyInvalid",
                f"{where} holds {key.public_key}, but {key.ref.role} key {known} is in use; "
                "restore the Secret of that key",
            )
    return None
