"""Our JWTs against Go's github.com/nats-io/jwt/v2, both ways and field for field; our keys against corruption."""

from __future__ import annotations

import base64
import dataclasses
import json
import random
import string
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from gencreds.nats.claims import AccountClaims, Claims, OperatorClaims, UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.gojson import dumps
from gencreds.nats.jwt import decode, encode
from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed, check_public_key
from gencreds.nats.payload import payload_json
from gencreds.nats.structs import Export, Import, OperatorLimits, ServiceLatency, UserScope, WeightedMapping

from .go_programs import built, output

COUNT = 1000
SEED = 20261123
KINDS: dict[str, KeyKind] = {"operator": KeyKind.OPERATOR, "account": KeyKind.ACCOUNT, "user": KeyKind.USER}


@pytest.fixture(scope="session")
def go_jwt() -> Path:
    return built(Path(__file__).with_name("jwtconformance"))


def raw_payload(token: str) -> bytes:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


class Random:
    """Random claims with every field set that a claims class has, whatever fields are added later."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.wide = True
        self.keys = {kind: [Seed.create(kind).public_key for _ in range(20)] for kind in KINDS.values()}

    def key(self, kind: KeyKind) -> str:
        return self.random.choice(self.keys[kind])

    def some(self, make: Callable[[], Any]) -> tuple[Any, ...]:
        return tuple(make() for _ in range(self.random.randrange(4)))

    def text(self) -> str:
        return "".join(self.random.choices('abcXYZ019.*>-_ <&>"\\/é€\u2028\t\n\x01😀', k=self.random.randrange(12)))

    def number(self) -> int:
        extremes = (-(2**63), 2**63 - 1) if self.wide else (-(2**53), 2**53)
        return self.random.choice((0, -1, 1, 2**40, self.random.getrandbits(31), *extremes))

    def claims(self, kind: str) -> Claims:
        subject = {"subject": self.key(KINDS[kind])}
        if kind == "operator":
            keys = {"signing_keys": self.some(lambda: self.key(KeyKind.OPERATOR))}
            own: dict[str, Any] = keys | {"system_account": self.key(KeyKind.ACCOUNT)}
            return OperatorClaims(**self.fields(OperatorClaims, own | subject))
        if kind == "user":
            own = {"issuer_account": self.random.choice((None, self.key(KeyKind.ACCOUNT)))}
            own |= {name: ("x", *self.some(self.text)) for name in ("pub_allow", "sub_allow")}
            return UserClaims(**self.fields(UserClaims, own | subject))
        keys = sorted(self.random.sample(self.keys[KeyKind.ACCOUNT], self.random.randrange(5)))
        cut = self.random.randrange(len(keys) + 1)
        self.wide = False  # Go reads a scope through float64
        scopes = tuple(
            UserScope(**self.fields(UserScope, {"key": key, "kind": "user_scope"})) for key in sorted(keys[cut:])
        )
        self.wide = True
        users = self.random.sample([*self.keys[KeyKind.USER], "*"], self.random.randrange(6))
        own = {
            "signing_keys": tuple(keys[:cut]),
            "scopes": scopes,
            "revocations": {key: self.number() for key in users},
        }
        return AccountClaims(**self.fields(AccountClaims, own | subject))

    def fields(self, cls: type, own: Mapping[str, Any]) -> dict[str, Any]:
        hints = get_type_hints(cls)
        names = [item.name for item in dataclasses.fields(cls)]
        return {name: own[name] if name in own else self.value(hints[name], cls, name) for name in names}

    def value(self, hint: Any, cls: type, name: str) -> Any:
        if get_origin(hint) in (Union, types.UnionType):
            inner = next(kind for kind in get_args(hint) if kind is not type(None))
            return (self.value(inner, cls, name) or None) if self.random.random() < 0.7 else None
        if (cls, name) in ((Import, "type"), (Export, "type")):
            return self.random.choice(("stream", "service", ""))
        if (cls, name) == (ServiceLatency, "sampling"):
            return self.random.randrange(101)
        if name in ("weight", "account_token_position") and cls in (WeightedMapping, Export):
            return self.random.randrange(256)
        if get_origin(hint) is tuple:
            return self.some(lambda: self.value(get_args(hint)[0], cls, name))
        if get_origin(hint) is not None:
            return {self.text(): self.value(get_args(hint)[1], cls, name) for _ in range(self.random.randrange(3))}
        if hint is OperatorLimits:
            return OperatorLimits(**self.fields(hint, {})).settled()
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return hint(**self.fields(hint, {}))
        return {str: self.text, int: self.number, bool: lambda: self.random.random() < 0.5}[hint]()


@pytest.mark.parametrize("kind", KINDS)
def test_go_reads_our_claims_field_for_field(go_jwt: Path, kind: str) -> None:
    made = Random(SEED)
    signer = Seed.create(KeyKind.ACCOUNT if kind == "user" else KeyKind.OPERATOR)
    ours = [made.claims(kind) for _ in range(COUNT)]
    tokens = [encode(claims, signer, issued_at=1_700_000_000 + index) for index, claims in enumerate(ours)]
    read = lines(output(go_jwt, "read", given="\n".join(tokens) + "\n"))
    assert [entry.get("error") for entry in read] == [None] * COUNT
    for claims, token, entry in zip(ours, tokens, read, strict=True):
        assert entry["kind"] == kind
        assert expected_by_go(json.loads(raw_payload(token))) == entry["claims"]
        assert as_go_orders(decode(token, KINDS[kind]).claims) == as_go_orders(claims)


def expected_by_go(payload: dict[str, Any]) -> dict[str, Any]:
    """Go reads a scope's omitted limits as -1 and writes them, so a 0 in a scope's template comes back as -1."""
    for scope in payload["nats"].get("signing_keys", ()):
        if isinstance(scope, dict):
            scope["template"] = {"subs": -1, "data": -1, "payload": -1} | scope["template"]
    return payload


def as_go_orders(claims: Claims) -> Claims:
    """A 0 in a scope's template cannot be said in Go's JSON; it reads as -1."""
    if not isinstance(claims, AccountClaims):
        return claims
    templates = [
        dataclasses.replace(
            scope.template,
            subs=scope.template.subs or -1,
            data=scope.template.data or -1,
            payload=scope.template.payload or -1,
        )
        for scope in claims.scopes
    ]
    scopes = zip(claims.scopes, templates, strict=True)
    return dataclasses.replace(
        claims, scopes=tuple(dataclasses.replace(scope, template=template) for scope, template in scopes)
    )


def test_we_read_gos_claims_field_for_field_and_write_them_byte_for_byte(go_jwt: Path) -> None:
    entries = lines(output(go_jwt, "write", str(COUNT), str(SEED)))
    assert len(entries) == 3 * COUNT
    for entry in entries:
        decoded = decode(entry["token"], KINDS[entry["kind"]])
        again = payload_json(decoded.claims, decoded.issuer, issued_at=decoded.issued_at)
        assert json.loads(again) == entry["claims"]
        assert decoded.jti == entry["claims"]["jti"]
        normal = dumps(entry["claims"], escape_html=True).encode()
        if json.loads(raw_payload(entry["token"])) == entry["claims"]:
            assert dumps(json.loads(again), escape_html=True).encode() == raw_payload(entry["token"]) == normal


def test_go_refuses_what_we_refuse_of_a_changed_token(go_jwt: Path) -> None:
    signer, user = Seed.create(KeyKind.ACCOUNT), Seed.create(KeyKind.USER)
    token = encode(
        UserClaims(subject=user.public_key, name="a.b", pub_allow=("a",), sub_allow=("a",)), signer, issued_at=1
    )
    chance = random.Random(SEED)
    changed = []
    for _ in range(500):
        place = chance.randrange(len(token))
        letter = chance.choice([c for c in string.ascii_letters + string.digits + "-_" if c != token[place]])
        changed.append(token[:place] + letter + token[place + 1 :])
    read = lines(output(go_jwt, "read", given="\n".join(changed) + "\n"))
    for text, entry in zip(changed, read, strict=True):
        with pytest.raises(ValueError):
            decode(text, KeyKind.USER)
        # Go lets the two meaningless bits at a part's end be anything; we do not.
        assert "error" in entry or raw_payload(text) == raw_payload(token)


def test_gos_creds_parser_reads_ours(go_jwt: Path) -> None:
    signer, user = Seed.create(KeyKind.ACCOUNT), Seed.create(KeyKind.USER)
    token = encode(
        UserClaims(subject=user.public_key, name="orders.example", pub_allow=("a",), sub_allow=("a",)),
        signer,
        issued_at=1,
    )
    read = json.loads(output(go_jwt, "creds", given=format_creds(token, user)))
    assert read == {"jwt": token, "publicKey": user.public_key}


def corrupted(text: str, chance: random.Random) -> str:
    """One to three characters changed, dropped, doubled or swapped, or the text cut; never the same text."""
    letters = string.ascii_uppercase + "234567"
    result = text
    while result == text:
        characters = list(text)
        match chance.randrange(4):
            case 0:
                for place in chance.sample(range(len(text)), chance.randint(1, 3)):
                    characters[place] = chance.choice(letters)
            case 1:
                del characters[chance.randrange(1, len(text)) :]
            case 2:
                for place in sorted(chance.sample(range(len(text)), chance.randint(1, 3)), reverse=True):
                    characters[place : place + 1] = chance.choice(([], [characters[place]] * 2, ["1"], [" "]))
            case _:
                first, second = chance.sample(range(len(text)), 2)
                characters[first], characters[second] = characters[second], characters[first]
        result = "".join(characters)
    return result


def is_refused(read: Callable[[str, KeyKind], object], text: str, kind: KeyKind) -> bool:
    try:
        read(text, kind)
    except KeyInvalid as refusal:
        return text not in str(refusal)
    return False


def test_every_one_of_10000_corrupted_keys_is_refused() -> None:
    """The `nkeys` package checks no CRC; we do. Of 65,536 wild changes a CRC-16 lets one pass: not among these."""
    chance = random.Random(SEED)
    kinds = [KeyKind.OPERATOR, KeyKind.ACCOUNT, KeyKind.USER]
    accepted = []
    for number in range(10_000):
        kind = kinds[number % 3]
        # From a seeded generator, so that the test is the same test each time.
        seed = Seed(chance.randbytes(32), kind)
        wrong = chance.choice([other for other in KeyKind if other is not kind])
        text = seed.reveal() if number % 2 else seed.public_key
        read: Callable[[str, KeyKind], object] = Seed.parse if number % 2 else check_public_key
        accepted += [
            (number, asked)
            for bad, asked in ((corrupted(text, chance), kind), (text, wrong))
            if not is_refused(read, bad, asked)
        ]
        assert read(text, kind) in (text, seed)
    assert accepted == []


@pytest.mark.parametrize("kind", [KeyKind.OPERATOR, KeyKind.ACCOUNT, KeyKind.USER])
def test_no_change_of_a_single_character_is_ever_accepted(kind: KeyKind) -> None:
    seed = Seed.create(kind)
    for text, read in ((seed.reveal(), Seed.parse), (seed.public_key, check_public_key)):
        for place in range(len(text)):
            for letter in string.ascii_uppercase + "234567":
                if letter != text[place]:
                    with pytest.raises(KeyInvalid):
                        read(text[:place] + letter + text[place + 1 :], kind)
