"""The `.creds` file: a user's JWT and seed in one text, in the form that nats.go and upstream's gencreds write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed

MAX_CREDS_CHARACTERS = 2 * 1024 * 1024

_TEMPLATE = """\
-----BEGIN NATS USER JWT-----
{jwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
{seed}
------END USER NKEY SEED------

*************************************************************
"""
_BODY = re.compile(r"[\w\-.=]+", re.ASCII)
_RULE = "---"


class CredsInvalid(ValueError):
    """A text is no `.creds` file; the message contains nothing of it."""


@dataclass(frozen=True)
class Creds:
    """A user's JWT, not verified yet, and its seed."""

    jwt: str
    seed: Seed


def format_creds(jwt: str, seed: Seed) -> str:
    """Return the file's text for a user's JWT and the seed of that user. Secret: it has the seed in it."""
    if seed.kind is not KeyKind.USER:
        raise KeyInvalid(f"a .creds file holds a user's seed, and this one is of kind {seed.kind.name.lower()}")
    return _TEMPLATE.format(jwt=jwt, seed=seed.reveal())


def parse_creds(text: str) -> Creds:
    """Read a `.creds` file: the first block is the JWT, the second the seed. Raises `CredsInvalid`."""
    if len(text) > MAX_CREDS_CHARACTERS:
        raise CredsInvalid(
            f"the .creds file has {len(text)} characters, and {MAX_CREDS_CHARACTERS} are the most allowed"
        )
    blocks = _blocks(text)
    if len(blocks) != 2:
        raise CredsInvalid(f"a .creds file has two blocks between dashes, a JWT and a seed; this has {len(blocks)}")
    try:
        return Creds(blocks[0], Seed.parse(blocks[1], KeyKind.USER))
    except KeyInvalid as error:
        raise CredsInvalid(f".creds file: {error}") from None


def _blocks(text: str) -> list[str]:
    """Return what stands in a line of its own between two titles: Go's userConfigRE takes any text between dashes.

    Line by line, because a regular expression tries a line of dashes in as many ways as it has pairs of them.
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    found: list[str] = []
    at = 0
    while at + 2 < len(lines):
        first, body, last = lines[at : at + 3]
        if _is_title(first) and _BODY.fullmatch(body) and _is_title(last.rstrip(" \t")):
            found.append(body)
            at += 2
        at += 1
    return found


def _is_title(line: str) -> bool:
    return len(line) >= 2 * len(_RULE) and line.startswith(_RULE) and line.endswith(_RULE) and "\r" not in line
