"""NATS JWTs: claims signed into tokens and tokens verified into claims, as github.com/nats-io/jwt/v2 does it.

PyJWT carries the envelope, with NATS' algorithm `ed25519-nkey` registered; the key is the token's own `iss`, so whoever
decodes has to compare `issuer` with whom it trusts.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from jwt import PyJWS
from jwt.algorithms import Algorithm
from jwt.exceptions import InvalidTokenError

from gencreds.nats.claims import AccountClaims, Claims, OperatorClaims, UserClaims
from gencreds.nats.gojson import JsonInvalid, loads
from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed, check_public_key, is_public_key, verify
from gencreds.nats.payload import ALGORITHM, payload_json

MAX_TOKEN_BYTES = 1024 * 1024
"""What Go's jwt/v2 reads at most (fact N23), and the broker's default `max_payload`."""

_Key = Any
_CLAIMS: dict[KeyKind, type[OperatorClaims] | type[AccountClaims] | type[UserClaims]] = {
    KeyKind.OPERATOR: OperatorClaims,
    KeyKind.ACCOUNT: AccountClaims,
    KeyKind.USER: UserClaims,
}


class TokenInvalid(ValueError):
    """A text is not a NATS JWT of the kind that is needed, or its signature does not hold."""


@dataclass(frozen=True)
class Decoded:
    """A verified JWT: what it says, who signed it (a public key), when (Unix seconds), and its id."""

    claims: Claims
    issuer: str
    issued_at: int
    jti: str


def encode(claims: Claims, signer: Seed, *, issued_at: int, escape_html: bool = False) -> str:
    """Sign `claims`; `issued_at` is in Unix seconds.

    The payload is Go's byte for byte, but that `<`, `>` and `&` stay as they are: each `>` would cost five more bytes
    of the CONNECT line, and every reader takes both; with `escape_html` they are escaped as Go does.
    Raises `KeyInvalid` if a key in the claims is none or the signer's kind may not sign them, `ClaimsUnsafe` for a user
    who might use every subject, and `TokenInvalid` if the token would be larger than any server reads.
    """
    claims.check()
    if signer.kind not in claims.signers:
        raise KeyInvalid(f"an NKey of kind {signer.kind.name.lower()} cannot sign {claims.kind.name.lower()} claims")
    raw = payload_json(claims, signer.public_key, issued_at=issued_at, escape_html=escape_html)
    token = _JWS.encode(raw, signer, ALGORITHM, headers={}, sort_headers=False)
    if len(token) > MAX_TOKEN_BYTES:
        raise TokenInvalid(
            f"{claims.kind.name.lower()} {claims.subject}: the JWT has {len(token)} bytes and a server reads"
            f" {MAX_TOKEN_BYTES} at most; drop revocations that have become needless"
        )
    return token


def decode(token: str, kind: KeyKind) -> Decoded:
    """Verify `token` and return what it says.

    Signature, header, subject's and issuer's kind, claims' type and version are checked; times are not. Every field
    that jwt/v2 knows is read; one that it does not know is refused rather than lost. Raises `TokenInvalid`.
    """
    if len(token) > MAX_TOKEN_BYTES:
        raise TokenInvalid(f"the JWT has {len(token)} characters, and {MAX_TOKEN_BYTES} are the most that is read")
    if kind not in _CLAIMS:
        raise TokenInvalid(f"there are no {kind.name.lower()} JWTs")
    header, raw = _opened(token)
    if str(header.get("typ")).upper() != "JWT" or header.get("alg") != ALGORITHM:
        raise TokenInvalid(f"header: it is not typ JWT and alg {ALGORITHM}; a version 1 JWT has to be signed anew")
    try:
        payload = loads(raw)
        claims = _CLAIMS[kind].from_payload(payload)
        issuer = _text(payload, "iss")
        check_public_key(claims.subject, kind)
        if not any(is_public_key(issuer, signer) for signer in claims.signers):
            raise TokenInvalid(f"iss: it is no key that may sign {kind.name.lower()} claims")
        _JWS.decode_complete(token, issuer, [ALGORITHM])
    except (JsonInvalid, KeyInvalid, InvalidTokenError) as error:
        raise TokenInvalid(f"{kind.name.lower()} JWT: {error}") from None
    issued_at = payload.get("iat", 0)
    if type(issued_at) is not int:
        raise TokenInvalid(f"{kind.name.lower()} JWT: iat: it is no int")
    return Decoded(claims, issuer, issued_at, _text(payload, "jti"))


class _NkeyAlgorithm(Algorithm):
    """`ed25519-nkey` for PyJWT: signs with a `Seed`, verifies with an issuer's public key of any kind that signs."""

    def prepare_key(self, key: _Key) -> _Key:
        return key

    def sign(self, msg: bytes, key: _Key) -> bytes:
        signer: Seed = key
        return signer.sign(msg)

    def verify(self, msg: bytes, key: _Key, sig: bytes) -> bool:
        return verify(key, KeyKind(key[:1]), msg, sig)

    @staticmethod
    def to_jwk(key_obj: _Key, as_dict: bool = False) -> _Key:
        raise NotImplementedError("an NKey has no JWK form")

    @staticmethod
    def from_jwk(jwk: _Key) -> _Key:
        raise NotImplementedError("an NKey has no JWK form")


def _jws() -> PyJWS:
    jws = PyJWS(algorithms=[])
    jws.register_algorithm(ALGORITHM, _NkeyAlgorithm())
    return jws


_JWS = _jws()


def _opened(token: str) -> tuple[dict[str, Any], bytes]:
    """Return header and payload of a token whose three parts are canonical base64url; nothing is verified yet."""
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenInvalid(f"a JWT has 3 parts between dots, and this has {len(parts)}")
    raw = [_unpadded(part) for part in parts]
    try:
        return loads(raw[0]), raw[1]
    except JsonInvalid as error:
        raise TokenInvalid(f"header: {error}") from None


def _unpadded(part: str) -> bytes:
    try:
        raw = base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise TokenInvalid("a part of the JWT is not base64url") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != part:
        raise TokenInvalid("a part of the JWT is not canonical base64url")
    return raw


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name, "")
    if not isinstance(value, str):
        raise TokenInvalid(f"{name}: it is no str")
    return value
