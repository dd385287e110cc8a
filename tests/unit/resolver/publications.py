"""Publications to judge: a chain of trust and what may be said with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gencreds.nats.claims import AccountClaims, OperatorClaims
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.resolver.store import AccountStore, Judgement, Publication

START = 1_700_000_000


@dataclass(frozen=True)
class Publisher:
    """An operator with a signing key, and an account of its own."""

    identity: Seed = field(default_factory=lambda: Seed.create(KeyKind.OPERATOR))
    signing: Seed = field(default_factory=lambda: Seed.create(KeyKind.OPERATOR))
    account: Seed = field(default_factory=lambda: Seed.create(KeyKind.ACCOUNT))

    def operator(
        self, iat: int = 0, signing: Seed | None = None, signer: Seed | None = None, strict: bool = True
    ) -> str:
        """The operator JWT."""
        keys = ((signing or self.signing).public_key,)
        claims = OperatorClaims(subject=self.identity.public_key, signing_keys=keys, strict_signing_key_usage=strict)
        return encode(claims, signer or self.identity, issued_at=START + iat)

    def jwt(
        self, iat: int = 0, revoked: Mapping[str, int] | None = None, signer: Seed | None = None, name: str = "t"
    ) -> str:
        """The account's JWT."""
        claims = AccountClaims(subject=self.account.public_key, name=name, revocations=dict(revoked or {}))
        return encode(claims, signer or self.signing, issued_at=START + iat)

    @property
    def entry(self) -> str:
        """The account's entry."""
        return f"{self.account.public_key}.jwt"

    def publication(self, jwt: str, operator: str | None = None, origin: str = "ConfigMap a/b") -> Publication:
        """A ConfigMap with the operator JWT and this JWT."""
        return Publication(origin, {"operator.jwt": operator or self.operator(), self.entry: jwt})


def take(store: AccountStore, publication: Publication) -> Judgement:
    """Judge and serve, as the intake does."""
    judgement = store.judge(publication)
    store.apply([judgement.operator] if judgement.operator else [], judgement.accounts)
    return judgement
