"""Decoded credentials for people and for programs: `gencreds inspect` prints them. No seed reaches this module."""

from __future__ import annotations

from collections.abc import Sequence

from gencreds.entries import is_wide, reaches_trust_root
from gencreds.grants import Verb
from gencreds.inspection import Inspection, Remark
from gencreds.rendering.moments import moment, relative
from gencreds.rendering.phrases import endpoint_of
from gencreds.rendering.terminal import Paint, padded, painted, printable, widths_of

_NO_LIMIT = -1


def as_text(
    file: str, found: Inspection, warnings: Sequence[Remark], *, limit: int, now: float, colour: bool = False
) -> str:
    """Return the credentials as fields, a table of their permissions, and their warnings."""
    claims = found.claims
    signed = "the account's identity" if claims.issuer_account is None else "a signing key of the account"
    fields = [
        ("File", file),
        ("Microservice", claims.name or "-"),
        ("Plane", ", ".join(found.planes) or "-"),
        ("User", claims.subject),
        ("Account", found.account),
        ("Signed by", f"{found.issuer} ({signed})"),
        ("Issued", f"{moment(found.issued_at)} ({relative(found.issued_at, now)})"),
        ("Valid from", _when(claims.not_before, now) or "-"),
        ("Expires", _when(claims.expires, now) or "never"),
        ("CONNECT", f"{found.connect_bytes} of {limit} bytes"),
        ("Limits", ", ".join(f"{name} {value}" for name, value in limits(found).items()) or "none"),
    ]
    lines = [f"{name + ':':<14}{printable(value)}" for name, value in fields if value != "-"]
    lines += ["", *_permissions(found, colour)]
    lines += [f"{painted('warning', Paint.YELLOW, colour)}  {printable(f'{w.rule}  {w.message}')}" for w in warnings]
    return "\n".join(lines) + "\n"


def as_object(file: str, found: Inspection, warnings: Sequence[Remark], *, limit: int, now: float) -> dict[str, object]:
    """Return the same for JSON."""
    claims = found.claims
    return {
        "file": file,
        "hostname": claims.name,
        "planes": list(found.planes),
        "userPublicKey": claims.subject,
        "account": found.account,
        "issuer": found.issuer,
        "signedBySigningKey": claims.issuer_account is not None,
        "issuedAt": moment(found.issued_at),
        "notBefore": None if claims.not_before is None else moment(claims.not_before),
        "expiresAt": None if claims.expires is None else moment(claims.expires),
        "expired": found.expired(now),
        "seedBelongs": found.seed_belongs,
        "pub": {"allow": list(claims.pub_allow), "deny": list(claims.pub_deny)},
        "sub": {"allow": list(claims.sub_allow), "deny": list(claims.sub_deny)},
        "limits": limits(found),
        "connectBytes": found.connect_bytes,
        "maxControlLine": limit,
        "warnings": [{"rule": warning.rule, "message": warning.message} for warning in warnings],
    }


def limits(found: Inspection) -> dict[str, str]:
    """Return what limits the user beside its permissions, by the claims' names; only what is set."""
    claims = found.claims
    numbers = {"subs": claims.subs, "data": claims.data, "payload": claims.payload}
    said = {name: str(value) for name, value in numbers.items() if value != _NO_LIMIT}
    if claims.resp is not None:
        said["resp"] = f"{claims.resp.max} in {claims.resp.ttl} ns"
    if claims.src:
        said["src"] = " ".join(claims.src)
    if claims.times:
        said["times"] = " ".join([*(f"{time.start}-{time.end}" for time in claims.times), claims.times_location])
    if claims.allowed_connection_types:
        said["allowed_connection_types"] = " ".join(claims.allowed_connection_types)
    switches = ("bearer_token", "proxy_required")
    return said | {name: "true" for name in switches if getattr(claims, name)}


def _permissions(found: Inspection, colour: bool) -> list[str]:
    claims = found.claims
    rows = [(verb.upper(), verb, subject) for verb, subjects in found.lists() for subject in subjects]
    denied = ((Verb.PUB, claims.pub_deny), (Verb.SUB, claims.sub_deny))
    rows += [(f"DENY {verb.upper()}", verb, subject) for verb, subjects in denied for subject in subjects]
    table = [("VERB", "ENDPOINT", "SUBJECT")]
    table += [(shown, printable(endpoint_of(verb, subject)), printable(subject)) for shown, verb, subject in rows]
    widths = widths_of(table)
    paints = [Paint.BOLD, *(_paint(shown, verb, subject, claims.name) for shown, verb, subject in rows)]
    return [painted(padded(cells, widths), paint, colour) for cells, paint in zip(table, paints, strict=True)]


def _paint(shown: str, verb: str, subject: str, hostname: str) -> Paint:
    if shown.startswith("DENY"):
        return Paint.NONE
    if reaches_trust_root(subject):
        return Paint.RED
    return Paint.YELLOW if is_wide(verb, subject, hostname) else Paint.NONE


def _when(unix: int | None, now: float) -> str:
    return "" if unix is None else f"{moment(unix)} ({relative(unix, now)})"
