"""`gencreds`: signs one `.creds` file per microservice, with upstream's flags, messages, exit codes and file forms.

More than upstream: `-account` lets an account signing key sign, `-max-control-line` fits the budget to the broker, what
the analysis cannot follow is refused, and files are written all or none.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from gencreds.budget import (
    connect_bytes,
    largest,
    raw_budget,
    raw_bytes,
)
from gencreds.cli import inputs, options
from gencreds.cli.failing import OK, OVER_BUDGET, CommandFailed, os_message
from gencreds.cli.flags import Duration, Flag, Values
from gencreds.cli.keys import directory, issuer_account, signing_key, user_key
from gencreds.cli.placing import place_all
from gencreds.cli.verdicts import refuse_blocking
from gencreds.grants import allow_lists, grants_of
from gencreds.microbus.model import Microservice
from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import Seed
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
)

_HOSTNAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_NEARLY_FULL = 0.9


def run(values: Values, out: TextIO, complaints: TextIO) -> int:
    """Sign and write; prints nothing on `out`. Raises `CommandFailed`."""
    if not values.text("signing-key"):
        raise CommandFailed("--signing-key is required")
    if not inputs.has_input(values):
        raise CommandFailed("one of --bundle or --manifests is required")
    if values.number("expiration") < 0:
        raise CommandFailed("-expiration is negative; give how long from now, such as 720h, or 0 for ever")
    plane = inputs.plane(values)
    found = inputs.microservices(values, complaints)
    if not found:
        raise CommandFailed("bundle resolved to zero services")
    refuse_blocking(report_of(found, plane), "nothing was signed", complaints)
    _refuse_hostnames(found)
    signer = signing_key(Path(values.text("signing-key")))
    account = issuer_account(values.text("account"), signer)
    out_directory = directory(values.text("out"), 0o755, "create out dir")
    keep = values.text("persist-user-nkeys")
    kept = directory(keep, 0o700, "create user nkeys dir") if keep else None
    files: dict[Path, str] = {}
    for microservice in found:
        user = user_key(microservice.hostname, kept, files)
        token = _signed(microservice, values, signer, account, user, complaints)
        files[out_directory / f"{microservice.hostname}_nats.creds"] = format_creds(token, user)
    try:
        place_all(files)
    except OSError as error:
        raise CommandFailed(f"write {os_message('open', error)}") from None
    return OK


def _refuse_hostnames(found: Sequence[Microservice]) -> None:
    seen: dict[str, str] = {}
    for microservice in found:
        name = microservice.hostname
        if not _HOSTNAME.fullmatch(name):
            raise CommandFailed(f"manifest {microservice.directory}: general.hostname {name!r} is no hostname")
        if name in seen:
            raise CommandFailed(f"hostname {name} is that of {seen[name]} and of {microservice.directory}; rename one")
        seen[name] = microservice.directory


def _signed(
    microservice: Microservice, values: Values, signer: Seed, account: str | None, user: Seed, complaints: TextIO
) -> str:
    hostname, plane = microservice.hostname, values.text("plane")
    limit = values.number("max-control-line")
    pub, sub = allow_lists(grants_of(microservice, plane))
    size, budget = raw_bytes(plane, pub, sub), raw_budget(limit)
    top = largest(plane, pub, sub)
    if size > budget:
        raise CommandFailed(
            f"sign {hostname}: build rules: {hostname}: rule set {size} bytes exceeds {budget}-byte JWT permission "
            f"budget (top: {top})"
        )
    now = time.time_ns()
    life = values.number("expiration")
    claims = UserClaims(
        subject=user.public_key,
        name=hostname,
        issuer_account=account,
        pub_allow=tuple(pub),
        sub_allow=tuple(sub),
        expires=(now + life) // 10**9 if life else None,
    )
    try:
        token = encode(claims, signer, issued_at=now // 10**9)
    except ValueError as error:
        raise CommandFailed(f"sign {hostname}: encode jwt: {error}") from None
    allowed = limit - connect_bytes("")
    if len(token) > allowed:
        message = f"{hostname}: signed JWT is {len(token)} bytes, exceeds {allowed}-byte CONNECT budget"
        raise CommandFailed(f"{message} (max_control_line {limit}; top: {top})", OVER_BUDGET)
    if len(token) > _NEARLY_FULL * allowed:
        complaints.write(
            f"gencreds: warning: {hostname}: signed JWT is {len(token)} of {allowed} bytes that the broker takes\n"
        )
    return token
