"""What operator, account and user claims have in common; `claims.py` builds the three kinds upon it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from gencreds.nats.gojson import JsonInvalid, from_json, to_json
from gencreds.nats.keykinds import KeyInvalid, KeyKind

CLAIMS_VERSION = 2


@dataclass(frozen=True)
class Standard:
    """The claims of every JWT that do not come from signing it."""

    aud: str = ""
    exp: int = 0
    name: str = ""
    nbf: int = 0
    sub: str = ""


@dataclass(frozen=True, kw_only=True)
class BaseClaims:
    """What every kind of claims has: whose they are and when they hold."""

    kind: ClassVar[KeyKind]
    signers: ClassVar[tuple[KeyKind, ...]]

    subject: str
    name: str = ""
    audience: str = ""
    expires: int | None = None
    not_before: int | None = None
    tags: tuple[str, ...] = ()

    def payload_with(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the payload whose `nats` object says `body`, its type and its version."""
        standard = Standard(self.audience, self.expires or 0, self.name, self.not_before or 0, self.subject)
        tail = {"type": self.kind.name.lower(), "version": CLAIMS_VERSION}
        return {**to_json(standard), "nats": {**body, **tail}}

    def check_keys(self, keys: Mapping[str, tuple[str, KeyKind]]) -> None:
        """Raise `KeyInvalid` if the subject, or one of `keys` (text and kind by field), is none of its kind."""
        # Loaded here, because who only measures claims checks no key, and it brings what signs along.
        from gencreds.nats.nkeys import check_public_key

        for where, (text, kind) in {"sub": (self.subject, self.kind), **keys}.items():
            try:
                check_public_key(text, kind)
            except KeyInvalid as error:
                raise KeyInvalid(f"{self.kind.name.lower()} claims, {where}: {error}") from None


def opened(payload: Mapping[str, Any], kind: KeyKind) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments that every kind of claims takes, and the body without its type and version."""
    body = payload.get("nats")
    if not isinstance(body, dict):
        raise JsonInvalid("nats: it is no object")
    if body.get("version") != CLAIMS_VERSION or type(body["version"]) is not int:
        raise JsonInvalid(f"nats.version: it is not {CLAIMS_VERSION}")
    if body.get("type") != kind.name.lower():
        raise JsonInvalid(f"nats.type: it is not {kind.name.lower()}")
    rest = {key: value for key, value in payload.items() if key not in ("nats", "iss", "iat", "jti")}
    standard = from_json(Standard, rest, "claims")
    common = {
        "subject": standard.sub,
        "name": standard.name,
        "audience": standard.aud,
        "expires": standard.exp or None,
        "not_before": standard.nbf or None,
    }
    return common, {key: value for key, value in body.items() if key not in ("type", "version")}


def values_of(source: object, struct: type, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what `source` has of the fields of `struct`."""
    return {item.name: getattr(source, item.name) for item in fields(struct) if item.name not in but}
