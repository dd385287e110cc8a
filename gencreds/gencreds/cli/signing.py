"""`gencreds`: signs one `.creds` file per microservice, with upstream's flags, messages, exit codes and file forms.

More than upstream: `-account` lets an account signing key sign, `-max-control-line` fits the budget to the broker, what
the analysis cannot follow is refused, and files are written all or none. `-parity upstream` signs what upstream would.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from gencreds.budget import UPSTREAM, Budget, budget_of, largest, raw_bytes
from gencreds.cli import inputs, options
from gencreds.cli.failing import OK, OVER_BUDGET, CommandFailed, os_message
from gencreds.cli.flags import Duration, Flag, Values
from gencreds.cli.keys import directory, issuer_account, signing_key, user_key
from gencreds.cli.placing import place_all
from gencreds.cli.reproducing import is_upstream, upstream_scan
from gencreds.cli.verdicts import refuse_blocking
from gencreds.grants import allow_lists, grants_of
from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import Seed
from gencreds.parity.reporting import upstream_lists
from gencreds.rendering.sizes import advice
from gencreds.report import report_of

FLAGS = (
    options.BUNDLE,
    options.MANIFESTS,
    options.PLANE,
    Flag("signing-key", "", "path to the account seed that signs (required)"),
    Flag("account", "", "public key of the account, when -signing-key is one of its signing keys"),
    Flag("out", "./creds", "directory that the .creds files are written to"),
    Flag("rotate-user-nkeys", True, "make a new user key at each run"),
    Flag("persist-user-nkeys", "", "directory of user keys that are kept from run to run; overrides rotation"),
    Flag("expiration", Duration(0), "how long the credentials are valid, such as 720h; 0 is for ever"),
    options.MAX_CONTROL_LINE,
    options.MAX_SECONDS,
    options.PARITY,
)

_HOSTNAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_NEARLY_FULL = 0.9


class Allowed(NamedTuple):
    """A microservice with what its credentials will allow."""

    hostname: str
    directory: str
    pub: list[str]
    sub: list[str]


def run(values: Values, out: TextIO, complaints: TextIO) -> int:
    """Sign and write; prints nothing on `out`. Raises `CommandFailed`."""
    if not values.text("signing-key"):
        raise CommandFailed("--signing-key is required")
    if not inputs.has_input(values):
        raise CommandFailed("one of --bundle or --manifests is required")
    if values.number("expiration") < 0:
        raise CommandFailed("-expiration is negative; give how long from now, such as 720h, or 0 for ever")
    plane = inputs.plane(values)
    parity = is_upstream(values)
    found = _upstreams(values, plane, complaints) if parity else _ours(values, plane, complaints)
    if not found:
        raise CommandFailed("bundle resolved to zero services")
    _refuse_hostnames(found, may_share=parity)
    budget = UPSTREAM if parity else budget_of(values.number("max-control-line"))
    signer = signing_key(Path(values.text("signing-key")))
    account = issuer_account(values.text("account"), signer)
    out_directory = directory(values.text("out"), 0o755, "create out dir")
    keep = values.text("persist-user-nkeys")
    kept = directory(keep, 0o700, "create user nkeys dir") if keep else None
    files: dict[Path, str] = {}
    for allowed in found:
        user = user_key(allowed.hostname, kept, files)
        claims = _claims(allowed, values, account, user)
        token = _signed(allowed, plane, claims, signer, budget, complaints)
        files[out_directory / f"{allowed.hostname}_nats.creds"] = format_creds(token, user)
    try:
        place_all(files)
    except OSError as error:
        raise CommandFailed(f"write {os_message('open', error)}") from None
    return OK


def _ours(values: Values, plane: str, complaints: TextIO) -> list[Allowed]:
    found = inputs.microservices(values, complaints)
    refuse_blocking(report_of(found, plane), "nothing was signed", complaints)
    return [Allowed(each.hostname, each.directory, *allow_lists(grants_of(each, plane))) for each in found]


def _upstreams(values: Values, plane: str, complaints: TextIO) -> list[Allowed]:
    found = upstream_scan(values, complaints).services
    return [Allowed(each.hostname, each.directory.name, *upstream_lists(each, plane)) for each in found]


def _refuse_hostnames(found: Sequence[Allowed], *, may_share: bool) -> None:
    """Refuse what cannot name a file; and of two with one name, whose credentials the last would have, both."""
    seen: dict[str, str] = {}
    for allowed in found:
        name = allowed.hostname
        if not _HOSTNAME.fullmatch(name):
            raise CommandFailed(f"manifest {allowed.directory}: general.hostname {name!r} is no hostname")
        if name in seen and not may_share:
            raise CommandFailed(f"hostname {name} is that of {seen[name]} and of {allowed.directory}; rename one")
        seen[name] = allowed.directory


def _claims(allowed: Allowed, values: Values, account: str | None, user: Seed) -> UserClaims:
    life = values.number("expiration")
    return UserClaims(
        subject=user.public_key,
        name=allowed.hostname,
        issuer_account=account,
        pub_allow=tuple(allowed.pub),
        sub_allow=tuple(allowed.sub),
        expires=(time.time_ns() + life) // 10**9 if life else None,
    )


def _signed(allowed: Allowed, plane: str, claims: UserClaims, signer: Seed, budget: Budget, complaints: TextIO) -> str:
    hostname, limit = allowed.hostname, budget.max_control_line
    if not limit and raw_bytes(plane, allowed.pub, allowed.sub) > budget.raw:
        raise _too_large(allowed, plane, 0, budget)
    try:
        token = encode(claims, signer, issued_at=int(time.time()), escape_html=budget.escape_html)
    except ValueError as error:
        raise CommandFailed(f"sign {hostname}: encode jwt: {error}") from None
    if len(token) > budget.jwt:
        raise _too_large(allowed, plane, len(token), budget)
    if len(token) > _NEARLY_FULL * budget.jwt and limit:
        complaints.write(
            f"gencreds: warning: {hostname}: signed JWT is {len(token)} of {budget.jwt} bytes that the broker takes\n"
        )
    return token


def _too_large(allowed: Allowed, plane: str, size: int, budget: Budget) -> CommandFailed:
    """Return upstream's error for a JWT of `size` characters, with advice: its first where that one would strike.

    Upstream counts permissions before it signs, and then ends with 1. Ours refuses nothing for that which connects.
    """
    hostname, pub, sub = allowed.hostname, allowed.pub, allowed.sub
    limit, raw, top = budget.max_control_line, raw_bytes(plane, pub, sub), largest(plane, pub, sub)
    lines = [f"  {line}" for line in advice(pub, sub, size + limit - budget.jwt, limit)] if limit else []
    if raw > budget.raw:
        said = f"{hostname}: rule set {raw} bytes exceeds {budget.raw}-byte JWT permission budget (top: {top})"
        return CommandFailed(f"sign {hostname}: build rules: {said}", more=lines)
    said = f"{hostname}: signed JWT is {size} bytes, exceeds {budget.jwt}-byte CONNECT budget"
    why = f" (max_control_line {limit}; top: {top})" if limit else ""
    return CommandFailed(said + why, OVER_BUDGET, lines)
