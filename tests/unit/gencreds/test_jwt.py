"""JWTs without Go at hand: what is always stated, what is refused. `tests/contract/test_jwt_conformance.py` has Go."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gencreds.nats.claims import AccountClaims, Claims, ClaimsUnsafe, OperatorClaims, UserClaims
from gencreds.nats.jwt import MAX_TOKEN_BYTES, TokenInvalid, decode, encode
from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed
from gencreds.nats.structs import OperatorLimits

OPERATOR, ACCOUNT, USER = (Seed(bytes([n]) * 32, kind) for n, kind in enumerate("OAU", 1) for kind in [KeyKind(kind)])
SIGNING, SYSTEM = (Seed(bytes([n]) * 32, KeyKind.ACCOUNT) for n in (4, 5))
NOW = 1_800_000_000

OPERATOR_CLAIMS = OperatorClaims(
    subject=OPERATOR.public_key,
    name="ns/plane",
    signing_keys=(OPERATOR.public_key,),
    system_account=SYSTEM.public_key,
    strict_signing_key_usage=True,
    assert_server_version="2.14.2",
)
ACCOUNT_CLAIMS = AccountClaims(
    subject=ACCOUNT.public_key,
    name="prod",
    signing_keys=(SIGNING.public_key,),
    revocations={USER.public_key: NOW, "*": 1},
)
USER_CLAIMS = UserClaims(
    subject=USER.public_key,
    name="orders.shop",
    issuer_account=ACCOUNT.public_key,
    pub_allow=("p.safe.888.orders_shop.>",),
    sub_allow=("p.safe.*.*.orders_shop.>",),
    expires=NOW + 3600,
)
ALL = [(OPERATOR_CLAIMS, OPERATOR), (ACCOUNT_CLAIMS, OPERATOR), (USER_CLAIMS, SIGNING)]


def payload(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert isinstance(value, dict)
    return value


def resigned(token: str, change: Callable[[dict[str, Any]], None], signer: Seed, header: str | None = None) -> str:
    """The token with a changed payload (and header), correctly signed."""
    said = payload(token)
    change(said)
    parts = [header or token.split(".")[0], _base64(json.dumps(said).encode())]
    return ".".join([*parts, _base64(signer.sign(".".join(parts).encode()))])


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(("claims", "signer"), ALL)
def test_claims_read_back_as_they_were_signed(claims: Claims, signer: Seed) -> None:
    decoded = decode(encode(claims, signer, issued_at=NOW), claims.kind)
    assert decoded.claims == claims
    assert (decoded.issuer, decoded.issued_at, len(decoded.jti)) == (signer.public_key, NOW, 52)


@pytest.mark.parametrize(("claims", "signer"), ALL)
def test_equal_claims_make_equal_tokens(claims: Claims, signer: Seed) -> None:
    assert encode(claims, signer, issued_at=NOW) == encode(replace(claims), signer, issued_at=NOW)


def test_an_accounts_limits_are_always_stated() -> None:
    """Fact N30: an omitted limit reads as 0, and the server throws every client out."""
    said = payload(encode(AccountClaims(subject=ACCOUNT.public_key), OPERATOR, issued_at=NOW))["nats"]
    assert said["limits"] == {
        "subs": -1,
        "data": -1,
        "payload": -1,
        "imports": -1,
        "exports": -1,
        "wildcards": True,
        "conn": -1,
        "leaf": -1,
    }
    assert not {"imports", "exports"} & set(said)


def test_a_users_limits_are_always_stated_and_nothing_is_denied() -> None:
    said = payload(encode(USER_CLAIMS, SIGNING, issued_at=NOW))
    assert said == {
        "exp": NOW + 3600,
        "jti": said["jti"],
        "iat": NOW,
        "iss": SIGNING.public_key,
        "name": "orders.shop",
        "sub": USER.public_key,
        "nats": {
            "pub": {"allow": ["p.safe.888.orders_shop.>"]},
            "sub": {"allow": ["p.safe.*.*.orders_shop.>"]},
            "subs": -1,
            "data": -1,
            "payload": -1,
            "issuer_account": ACCOUNT.public_key,
            "type": "user",
            "version": 2,
        },
    }


@pytest.mark.parametrize("allow", ["pub_allow", "sub_allow"])
def test_a_user_without_an_allow_list_is_not_signed(allow: str) -> None:
    """To NATS an empty list is no restriction at all."""
    everything: dict[str, Any] = {allow: ()}
    with pytest.raises(ClaimsUnsafe, match=f"{allow}: it is empty"):
        encode(replace(USER_CLAIMS, **everything), SIGNING, issued_at=NOW)


def test_without_an_expiry_there_is_no_exp() -> None:
    assert "exp" not in payload(encode(replace(USER_CLAIMS, expires=None), SIGNING, issued_at=NOW))


def test_the_header_is_gos() -> None:
    header = encode(USER_CLAIMS, SIGNING, issued_at=NOW).split(".")[0]
    assert base64.urlsafe_b64decode(header + "==") == b'{"typ":"JWT","alg":"ed25519-nkey"}'


@pytest.mark.parametrize(
    ("claims", "signer"),
    [(OPERATOR_CLAIMS, ACCOUNT), (ACCOUNT_CLAIMS, USER), (USER_CLAIMS, OPERATOR), (USER_CLAIMS, USER)],
)
def test_a_key_of_the_wrong_kind_cannot_sign(claims: Claims, signer: Seed) -> None:
    with pytest.raises(KeyInvalid, match="cannot sign"):
        encode(claims, signer, issued_at=NOW)


@pytest.mark.parametrize(
    ("claims", "field"),
    [
        (replace(OPERATOR_CLAIMS, subject=ACCOUNT.public_key), "sub"),
        (replace(OPERATOR_CLAIMS, signing_keys=(ACCOUNT.public_key,)), r"signing_keys\[0\]"),
        (replace(OPERATOR_CLAIMS, system_account="A"), "system_account"),
        (replace(ACCOUNT_CLAIMS, signing_keys=(USER.public_key,)), r"signing_keys\[0\]"),
        (replace(ACCOUNT_CLAIMS, revocations={ACCOUNT.public_key: 1}), "revocations"),
        (replace(USER_CLAIMS, issuer_account=OPERATOR.public_key), "issuer_account"),
    ],
)
def test_claims_with_a_key_of_the_wrong_kind_are_not_signed(claims: Claims, field: str) -> None:
    with pytest.raises(KeyInvalid, match=field):
        encode(claims, SIGNING, issued_at=NOW)


@pytest.mark.parametrize(("claims", "signer"), ALL)
def test_a_token_of_another_kind_is_refused(claims: Claims, signer: Seed) -> None:
    token = encode(claims, signer, issued_at=NOW)
    for kind in set(KeyKind) - {claims.kind}:
        with pytest.raises(TokenInvalid):
            decode(token, kind)


def _set(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda said: said.update(values)


def _set_body(**values: object) -> Callable[[dict[str, Any]], None]:
    return lambda said: said["nats"].update(values)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (_set(nats=None), "nats: it is no object"),
        (_set(surprise=1), "'surprise' is not known"),
        (_set_body(surprise=1), "'surprise' is not known"),
        (_set_body(version=1), "version"),
        (_set_body(version=3), "version"),
        (_set_body(version=True), "version"),
        (_set_body(type="activation"), "type"),
        (_set_body(subs="many"), r"nats\.subs: it is no int"),
        (_set_body(subs=1.5), r"nats\.subs: it is no int"),
        (_set_body(subs=True), r"nats\.subs: it is no int"),
        (_set_body(subs=2**63), r"nats\.subs: it is not between"),
        (_set_body(pub={"allow": "x"}), r"nats\.pub\.allow: it is no list"),
        (_set_body(pub={"allow": [None]}), r"nats\.pub\.allow\[0\]: it is no str"),
        (_set(sub=ACCOUNT.public_key), "of kind account"),
        (_set(iss=USER.public_key), "iss"),
        (_set(iss=7), "iss"),
        (_set(iat="now"), "iat"),
        (_set(exp=[]), "exp"),
    ],
)
def test_a_correctly_signed_token_that_says_something_odd_is_refused(
    change: Callable[[dict[str, Any]], None], match: str
) -> None:
    token = encode(USER_CLAIMS, SIGNING, issued_at=NOW)
    with pytest.raises(TokenInvalid, match=match):
        decode(resigned(token, change, SIGNING), KeyKind.USER)


@pytest.mark.parametrize("header", ['{"typ":"JWT","alg":"ed25519"}', '{"typ":"JWT","alg":"none"}', "[]", "{", "{}"])
def test_another_header_is_refused(header: str) -> None:
    token = encode(USER_CLAIMS, SIGNING, issued_at=NOW)
    with pytest.raises(TokenInvalid, match="header"):
        decode(resigned(token, _set(), SIGNING, _base64(header.encode())), KeyKind.USER)


def test_a_signature_of_somebody_else_is_refused() -> None:
    token = encode(USER_CLAIMS, SIGNING, issued_at=NOW)
    with pytest.raises(TokenInvalid, match=r"[Ss]ignature"):
        decode(resigned(token, _set(), ACCOUNT), KeyKind.USER)


def test_doubled_keys_are_refused() -> None:
    head, _, _ = encode(USER_CLAIMS, SIGNING, issued_at=NOW).split(".")
    body = _base64(b'{"iss":"a","iss":"b"}')
    with pytest.raises(TokenInvalid, match="twice"):
        decode(f"{head}.{body}.{_base64(SIGNING.sign(f'{head}.{body}'.encode()))}", KeyKind.USER)


def test_deep_nesting_is_refused() -> None:
    head = encode(USER_CLAIMS, SIGNING, issued_at=NOW).split(".")[0]
    body = _base64(b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}")
    with pytest.raises(TokenInvalid, match="JSON"):
        decode(f"{head}.{body}.{'A' * 86}", KeyKind.USER)


def test_tokens_beyond_what_a_server_reads_are_neither_made_nor_read() -> None:
    """Pitfall N17: about 11,000 revocations fill an account's JWT."""
    with pytest.raises(TokenInvalid, match="the most that is read"):
        decode("x" * (MAX_TOKEN_BYTES + 1), KeyKind.USER)
    crowd = tuple(f"subject.{number}" for number in range(60_000))
    with pytest.raises(TokenInvalid, match="at most"):
        encode(replace(USER_CLAIMS, pub_allow=crowd), SIGNING, issued_at=NOW)


@given(st.text(max_size=100))
def test_no_text_crashes_the_decoder(text: str) -> None:
    for token in (text, f"{text}.{text}.{text}", f"e30.{_base64(text.encode())}."):
        with pytest.raises(TokenInvalid):
            decode(token, KeyKind.ACCOUNT)


def test_limits_outside_of_tiers_do_not_count_as_in_go() -> None:
    body = {"limits": {"mem_storage": 5, "tiered_limits": {"R1": {"mem_storage": 1}}}}
    token = resigned(encode(ACCOUNT_CLAIMS, OPERATOR, issued_at=NOW), lambda said: said["nats"].update(body), OPERATOR)
    claims = decode(token, KeyKind.ACCOUNT).claims
    assert isinstance(claims, AccountClaims)
    assert claims.limits.mem_storage == 0
    assert claims.limits.tiered_limits["R1"].mem_storage == 1
    assert claims.limits != OperatorLimits()


def test_signing_keys_are_written_as_the_set_that_they_are() -> None:
    keys = tuple(seed.public_key for seed in (SIGNING, SYSTEM, SIGNING))
    token = encode(replace(ACCOUNT_CLAIMS, signing_keys=keys), OPERATOR, issued_at=NOW)
    assert payload(token)["nats"]["signing_keys"] == sorted(set(keys))
