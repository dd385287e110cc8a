"""`gencreds verify`: do these `.creds` files still match this source? Never prints a seed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from gencreds.cli import inputs, options
from gencreds.cli.credentials import creds_files, read
from gencreds.cli.failing import ALARMING, FAILED, OK, CommandFailed, os_message
from gencreds.cli.flags import Flag, Values
from gencreds.cli.reading import read_bounded
from gencreds.cli.trees import BUNDLE, CONFINED, Source, read_tree
from gencreds.nats.claims import AccountClaims
from gencreds.nats.jwt import MAX_TOKEN_BYTES, TokenInvalid, decode
from gencreds.nats.nkeys import KeyInvalid, KeyKind, check_public_key
from gencreds.rendering.table import Look
from gencreds.rendering.terminal import COLOURS, printable, wants_colour, width_of
from gencreds.rendering.verification import as_object, as_text
from gencreds.report import Report
from gencreds.subjects import check_plane
from gencreds.verification import Verification, verified

FLAGS = (
    Flag("source", "", "the source: a folder, or a main.go (required)"),
    BUNDLE,
    Flag("plane", "", "plane of communication (default that of the credentials)"),
    Flag("account", "", "public key of the account that the credentials have to be of"),
    Flag("account-jwt", "", "file with the account's JWT: were they signed by one of its keys, and not revoked?"),
    CONFINED,
    Flag("format", "text", "text or json"),
    options.COLOR,
    options.QUIET,
)


def run_with(
    words: Sequence[str], values: Values, out: TextIO, complaints: TextIO, environment: Mapping[str, str] = os.environ
) -> int:
    """Print a verdict on each file; returns 3 if one has a superfluous trust root or wildcard, 1 for any mismatch."""
    if not words:
        raise CommandFailed("name one or more .creds files, or a folder of them")
    if not values.text("source"):
        raise CommandFailed("--source is required")
    form = inputs.one_of(values, "format", ("text", "json"))
    look = Look(wants_colour(out, environment, inputs.one_of(values, "color", COLOURS)), width_of(out, environment))
    account, claims = _account(values)
    files = creds_files([*words])
    verifier = _Verifier(read_tree(values.text("source"), values, complaints), values.text("plane"), account, claims)
    outcomes: list[tuple[str, Verification]] = []
    code = OK
    for path in files:
        try:
            outcomes.append((str(path), verifier.verdict(path)))
        except CommandFailed as error:
            complaints.write(f"gencreds: {printable(str(error))}\n")
            code = FAILED
    without = verifier.without([found for _, found in outcomes]) if any(Path(word).is_dir() for word in words) else []
    if form == "json":
        listed = [as_object(file, found) for file, found in outcomes]
        out.write(json.dumps({"credentials": listed, "withoutCredentials": without}, indent=2) + "\n")
    else:
        out.write("".join(as_text(file, found, look) for file, found in outcomes))
    if without:
        complaints.write(f"gencreds: no credentials for {', '.join(without)}\n")
        code = FAILED
    if any(found.alarming for _, found in outcomes):
        return ALARMING
    return code if all(found.matches for _, found in outcomes) else FAILED


class _Verifier:
    """Compares files with one source, whose report is made once for each plane."""

    def __init__(self, source: Source, plane: str, account: str, claims: AccountClaims | None) -> None:
        self._source, self._plane, self._account, self._claims = source, plane, account, claims
        self._reports: dict[str, Report] = {}

    def verdict(self, path: Path) -> Verification:
        """Compare one file; raises `CommandFailed` if it is no credentials."""
        found = read(path)
        plane = self._plane or next(iter(found.planes), "microbus")
        try:
            check_plane(plane)
        except ValueError as error:
            raise CommandFailed(f"{path}: {error}") from None
        if plane not in self._reports:
            self._reports[plane] = self._source.on(plane)
        return verified(found, self._reports[plane], plane, time.time(), self._account, self._claims)

    def without(self, found: Sequence[Verification]) -> list[str]:
        """Return the microservices of the source that none of `found` is of."""
        held = {verification.hostname for verification in found}
        return sorted({service.hostname for service in self._source.microservices} - held)


def _account(values: Values) -> tuple[str, AccountClaims | None]:
    account, name = values.text("account"), values.text("account-jwt")
    if account:
        try:
            check_public_key(account, KeyKind.ACCOUNT)
        except KeyInvalid as error:
            raise CommandFailed(f"-account: {error}") from None
    if not name:
        return account, None
    try:
        raw = read_bounded(Path(name), MAX_TOKEN_BYTES + 1)
        claims = decode(raw.decode("ascii", "replace").strip(), KeyKind.ACCOUNT).claims
    except OSError as error:
        raise CommandFailed(os_message("open", error)) from None
    except TokenInvalid as error:
        raise CommandFailed(f"-account-jwt {name}: {error}") from None
    if not isinstance(claims, AccountClaims):
        raise TypeError("an account's JWT has account claims")
    return account, claims
