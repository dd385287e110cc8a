"""The keys that `gencreds` signs with and for: read from files, verified, refused in upstream's words."""

from __future__ import annotations

import os
from pathlib import Path

from gencreds.cli.failing import CommandFailed, os_message
from gencreds.cli.reading import read_bounded
from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed, check_public_key

# More than any key has.
_MOST_BYTES = 4096
_OTHER_KINDS = (KeyKind.OPERATOR, KeyKind.USER, KeyKind.SERVER, KeyKind.CLUSTER)


def signing_key(path: Path) -> Seed:
    """Return the account seed that `path` holds; raises `CommandFailed`, as upstream for a key of another kind."""
    try:
        text = read_bounded(path, _MOST_BYTES).strip()
    except OSError as error:
        # What stands where a path belongs may be the seed itself.
        shown = os_message("open", error) if _seed_of_any(os.fsencode(path)) is None else "it is a seed, not its file"
        raise CommandFailed(f"load signing key: {shown}") from None
    try:
        return Seed.parse(text, KeyKind.ACCOUNT)
    except KeyInvalid as error:
        other = _seed_of_any(text)
        if other is not None:
            message = f"signing key is not an account NKey (public key: {other.public_key})"
            raise CommandFailed(f"load signing key: {message}") from None
        raise CommandFailed(f"load signing key: parse account seed: {error}") from None


def _seed_of_any(text: bytes) -> Seed | None:
    return next((seed for kind in (KeyKind.ACCOUNT, *_OTHER_KINDS) if (seed := _seed_of(text, kind))), None)


def _seed_of(text: bytes, kind: KeyKind) -> Seed | None:
    try:
        return Seed.parse(text, kind)
    except KeyInvalid:
        return None


def issuer_account(given: str, signer: Seed) -> str | None:
    """Return the account to state in the credentials; None where the account's own identity signs, as upstream."""
    if not given or given == signer.public_key:
        return None
    try:
        return check_public_key(given, KeyKind.ACCOUNT)
    except KeyInvalid as error:
        raise CommandFailed(f"-account: {error}") from None


def directory(path: str, mode: int, action: str) -> Path:
    """Return `path`, made with `mode` where it is missing; raises `CommandFailed`, also for a seed in its place."""
    if any(_seed_of_any(os.fsencode(part)) for part in Path(path).parts):
        raise CommandFailed(f"{action}: it is a seed, not the path of a folder")
    try:
        os.makedirs(path, mode, exist_ok=True)
    except OSError as error:
        raise CommandFailed(f"{action}: {os_message('mkdir', error)}") from None
    return Path(path)


def user_key(hostname: str, kept: Path | None, files: dict[Path, str]) -> Seed:
    """Return the microservice's user key: the kept one, or a new one, which is added to `files` if it is to be kept."""
    if kept is None:
        return Seed.create(KeyKind.USER)
    path = kept / f"{hostname}_user.nk"
    try:
        return Seed.parse(read_bounded(path, _MOST_BYTES).strip(), KeyKind.USER)
    except FileNotFoundError:
        user = Seed.create(KeyKind.USER)
        files[path] = user.reveal()
        return user
    except OSError as error:
        raise CommandFailed(f"sign {hostname}: user key: {os_message('read', error)}") from None
    except KeyInvalid as error:
        raise CommandFailed(f"sign {hostname}: user key: parse persisted seed for {hostname}: {error}") from None
