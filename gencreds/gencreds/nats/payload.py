"""A JWT's payload as bytes: `jwt.py` signs it; `budget.py` counts it, and loads no cryptography for that."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from gencreds.nats.claims import Claims
from gencreds.nats.gojson import dumps

ALGORITHM = "ed25519-nkey"


def payload_json(claims: Claims, issuer: str, *, issued_at: int, escape_html: bool = False) -> bytes:
    """Return the payload that `encode` signs, in Go's order of fields and with the `jti` that Go computes."""
    said = claims.to_payload()
    standard = {
        "aud": said.get("aud"),
        "exp": said.get("exp"),
        "iat": issued_at or None,
        "iss": issuer,
        "name": said.get("name"),
        "nbf": said.get("nbf"),
        "sub": said["sub"],
    }
    stated = {key: value for key, value in standard.items() if value is not None}
    payload = {key: stated[key] for key in ("aud", "exp") if key in stated}
    payload |= {"jti": token_id(stated)} | stated | {"nats": said["nats"]}
    return dumps(payload, escape_html=escape_html).encode()


def token_id(standard: dict[str, Any]) -> str:
    """Return the `jti` that Go computes: base32 of SHA-512/256 over the standard claims' JSON without `jti`."""
    digest = hashlib.new("sha512_256", dumps(standard, escape_html=True).encode()).digest()
    return base64.b32encode(digest).rstrip(b"=").decode("ascii")
