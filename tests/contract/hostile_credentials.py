"""Credentials, keys and folders made to mislead or exhaust the commands that are given them."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.contract.hostile_trees import SERVICE
from tests.unit.gencreds.golang_trees import caller, write

from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed

ODD_NAME = "a\n\t\x1b[31mred\x1b]0;title\x07"
_MAIN = """package main

import (
	"github.com/microbus-io/fabric/application"

	"example.com/shop/caller"
)

func main() {
	app := application.New()
	app.Add(caller.NewService())
	app.Run()
}
"""
_HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}


class Place:
    """A folder with a bundle (`shop`), an account's seed (`account.nk`) and room for files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.account, self.user = Seed.create(KeyKind.ACCOUNT), Seed.create(KeyKind.USER)
        self.shop = folder / "shop"
        caller(self.shop, SERVICE)
        write(self.shop, {"main/main.go": _MAIN})
        self.main = self.shop / "main/main.go"
        self.key = folder / "account.nk"
        self.key.write_text(self.account.reveal())
        self.out = folder / "out"

    @property
    def seeds(self) -> tuple[str, ...]:
        """What nobody may be told."""
        return self.account.reveal(), self.user.reveal()

    def creds(self, name: str = "caller.example", allow: tuple[str, ...] = ("a.b",)) -> str:
        """Return valid credentials of `name`."""
        claims = UserClaims(
            subject=self.user.public_key,
            name=name,
            issuer_account=None,
            pub_allow=allow,
            sub_allow=("c",),
            expires=None,
        )
        return format_creds(encode(claims, self.account, issued_at=1), self.user)

    def token(self, signed_for: str = "caller.example") -> str:
        """Return the JWT of the valid credentials, with the signature of those of another name."""
        own, other = (self.creds(name).split("\n")[1].split(".") for name in ("caller.example", signed_for))
        return ".".join((*own[:2], other[2]))

    def signed(self, payload: object, header: object = _HEADER) -> str:
        """Return a JWT with any payload, whose signature holds."""
        text = f"{_encoded(header)}.{_encoded(payload)}"
        return f"{text}.{_encoded(self.account.sign(text.encode()))}"

    def forged(self, payload: object, header: object = _HEADER) -> str:
        """Return credentials with such a JWT."""
        return format_creds(self.signed(payload, header), self.user)

    def claims(self, **more: Any) -> dict[str, Any]:
        """Return a user's claims as JSON."""
        nats = {"type": "user", "version": 2, **more.pop("nats", {})}
        return {
            "iss": self.account.public_key,
            "sub": self.user.public_key,
            "iat": 1,
            "name": "x",
            "nats": nats,
            **more,
        }

    def raw(self, member: bytes) -> bytes:
        """Return a user's claims as JSON text with `member` at its end."""
        return json.dumps(self.claims()).encode()[:-1] + b"," + member + b"}"


def _encoded(part: object) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_pipe(path: Path) -> None:
    """Make a pipe that nobody writes to."""
    os.mkfifo(path)


# What a .creds file holds, and what is said of it.
CREDS: Mapping[str, tuple[Callable[[Place], str | bytes], str]] = {
    "nothing": (lambda place: "", "this has 0"),
    "five megabytes": (lambda place: "A" * (5 << 20), "larger than any .creds file"),
    "bytes": (lambda place: bytes(range(256)) * 16, "plain ASCII text"),
    "UTF-16": (lambda place: place.creds().encode("utf-16"), "plain ASCII text"),
    "half of it": (lambda place: place.creds()[: len(place.creds()) // 2], "this has 0"),
    "no seed": (lambda place: place.creds().partition("-----BEGIN USER NKEY")[0], "this has 1"),
    "half a seed": (lambda place: place.creds().replace(place.user.reveal(), place.user.reveal()[:29]), "seed:"),
    "a seed that is lower case": (lambda place: place.creds().replace(place.seeds[1], place.seeds[1].lower()), "seed:"),
    "an account's seed": (lambda place: place.creds().replace(place.seeds[1], place.seeds[0]), "kind account"),
    "its seed as the JWT": (lambda place: place.creds().replace(place.creds().split("\n")[1], place.seeds[1]), "JWT"),
    "a NUL": (lambda place: place.creds().replace("JWT-----\n", "JWT-----\n\0"), "this has"),
    "very many blocks": (lambda place: "-----A-----\nabc\n-----B-----\n" * 40_000, "this has 40000"),
    "a line of dashes": (lambda place: "-" * 2_000_000 + "\n", "this has 0"),
    "lines of dashes": (lambda place: ("-" * 900 + "\n") * 2_000, "blocks"),
    "dashes and letters": (lambda place: "---a" * 500_000 + "\n", "this has 0"),
    "no JSON": (lambda place: place.forged(b"\xff\xfe"), "does not parse"),
    "deep brackets": (lambda place: place.forged(place.raw(b'"x":' + b"[" * 100_000)), "JSON"),
    "deep objects": (lambda place: place.forged(place.raw(b'"x":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001)), "JSON"),
    "a list as claims": (lambda place: place.forged([1]), "no object"),
    "a key twice": (lambda place: place.forged(place.raw(b'"iat":2')), "stands twice"),
    "a number of 5000 digits": (lambda place: place.forged(place.raw(b'"exp":' + b"9" * 5_000)), "JSON"),
    "NaN": (lambda place: place.forged(place.raw(b'"exp":NaN')), "no JSON"),
    "a float as a time": (lambda place: place.forged(place.claims(exp=1.5)), "exp"),
    "half a surrogate pair": (lambda place: place.forged(place.raw(b'"tag":"\\ud800"')), "surrogate"),
    "an unknown claim": (lambda place: place.forged(place.claims(**{"\x1b[31m\n": 1})), "not known here"),
    "two megabytes of permissions": (
        lambda place: place.forged(place.claims(nats={"pub": {"allow": ["x.y"] * 150_000}})),
        "1048576",
    ),
    "no algorithm": (lambda place: place.forged(place.claims(), {"typ": "JWT", "alg": "none"}), "alg ed25519-nkey"),
    "a header of lists": (lambda place: place.forged(place.claims(), [[]]), "header"),
    "an account's claims": (lambda place: place.forged(place.claims(nats={"type": "account"})), "JWT"),
    "another's signature": (
        lambda place: place.creds().replace(place.token(), place.token("y")),
        "verification failed",
    ),
    "an issuer of another kind": (lambda place: place.forged(place.claims(iss=place.user.public_key)), "iss"),
    "an issuer that is no key": (lambda place: place.forged(place.claims(iss="\x1b[31m\n")), "iss"),
}

# What a key's file holds, and what is said of it.
KEYS: Mapping[str, tuple[Callable[[Place], str | bytes], str]] = {
    "nothing": (lambda place: "", "seed"),
    "bytes": (lambda place: bytes(range(256)), "seed"),
    "fifty megabytes": (lambda place: "S" * (50 << 20), "seed"),
    "a user's seed": (lambda place: place.user.reveal(), "not an account NKey"),
    "an operator's seed": (lambda place: Seed.create(KeyKind.OPERATOR).reveal(), "not an account NKey"),
    "half a seed": (lambda place: place.account.reveal()[:30], "seed"),
    "a seed and another": (lambda place: f"{place.account.reveal()}\n{place.user.reveal()}", "seed"),
    "a seed in lower case": (lambda place: place.account.reveal().lower(), "seed"),
    "a seed with a changed letter": (
        lambda place: place.seeds[0][:-1] + "7A"[place.seeds[0][-1] == "7"],
        "seed",
    ),
    "a seed with an escape": (lambda place: f"\x1b[31m{place.account.reveal()}", "seed"),
    "a public key": (lambda place: place.account.public_key, "seed"),
    "credentials": (lambda place: place.creds(), "seed"),
}
