"""Keys: what is a key, what is not, and that a seed shows itself nowhere."""

from __future__ import annotations

import base64
import binascii
import copy
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gencreds.nats.creds import CredsInvalid, format_creds, parse_creds
from gencreds.nats.nkeys import KeyInvalid, KeyKind, Seed, check_public_key, is_public_key, verify

# Made with Go's nkeys v0.4.17 from the 32 bytes 0, 1, … 31.
RAW = bytes(range(32))
SIGNING_KINDS = [kind for kind in KeyKind if kind is not KeyKind.CURVE]
# A curve key pair made with Go's nkeys v0.4.17.
CURVE_SEED = "SXAO665YX75E4FDDLCFQST5QE36O52ZKTWSGPJUSPMEBGXOOOEHIV4CCMI"
CURVE_PUBLIC = "XBLDGC2F4KHGE4WYDMNES64KP7ARTYY3SL4KG7GJKUV5HMNOHMMV3P7K"
GO_KEYS = [
    (
        KeyKind.OPERATOR,
        "SOAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2AJA",
        "OAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QZVT",
    ),
    (
        KeyKind.ACCOUNT,
        "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI",
        "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV",
    ),
    (
        KeyKind.USER,
        "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y",
        "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK",
    ),
    (
        KeyKind.SERVER,
        "SNAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2D5U",
        "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB",
    ),
    (
        KeyKind.CLUSTER,
        "SCAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYO7Q",
        "CAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3R53J",
    ),
]


@pytest.mark.parametrize(("kind", "seed", "public_key"), GO_KEYS)
def test_keys_are_those_of_go(kind: KeyKind, seed: str, public_key: str) -> None:
    made = Seed(RAW, kind)
    assert (made.reveal(), made.public_key) == (seed, public_key)
    assert Seed.parse(seed, kind) == made
    assert check_public_key(public_key, kind) == public_key


@pytest.mark.parametrize("kind", SIGNING_KINDS)
def test_a_created_seed_reads_back_as_text_and_as_bytes(kind: KeyKind) -> None:
    seed = Seed.create(kind)
    assert seed.reveal().startswith(f"S{kind}")
    assert seed.public_key.startswith(kind)
    assert Seed.parse(seed.reveal(), kind) == Seed.parse(seed.reveal().encode(), kind) == seed
    assert seed.kind is kind


def test_a_seed_shows_its_public_key_only() -> None:
    seed = Seed.create(KeyKind.USER)
    for shown in (repr(seed), str(seed), f"{seed}", repr([seed]), repr({"seed": seed})):
        assert seed.public_key in shown
        assert seed.reveal() not in shown
    assert not hasattr(seed, "__dict__")


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_seed_is_neither_pickled_nor_copied(leak: object) -> None:
    with pytest.raises(TypeError, match="cannot be pickled or copied"):
        leak(Seed.create(KeyKind.USER))


@given(st.text(max_size=70) | st.binary(max_size=70))
def test_a_refusal_contains_nothing_of_what_was_given(text: str | bytes) -> None:
    with pytest.raises(KeyInvalid) as refused:
        Seed.parse(text, KeyKind.USER)
    shown = "".join(traceback.format_exception_only(refused.value))
    given_text = text.decode("latin-1") if isinstance(text, bytes) else text
    assert len(given_text) < 16 or given_text not in shown
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.parametrize("asked", list(KeyKind))
@pytest.mark.parametrize("held", SIGNING_KINDS)
def test_a_key_of_another_kind_is_refused(held: KeyKind, asked: KeyKind) -> None:
    seed = Seed.create(held)
    if held is asked:
        assert is_public_key(seed.public_key, asked)
        return
    with pytest.raises(KeyInvalid, match=f"of kind {held.name.lower()}"):
        Seed.parse(seed.reveal(), asked)
    with pytest.raises(KeyInvalid, match=f"of kind {held.name.lower()}"):
        check_public_key(seed.public_key, asked)


def test_a_curve_key_is_known_and_refused_as_a_signer() -> None:
    assert check_public_key(CURVE_PUBLIC, KeyKind.CURVE)
    with pytest.raises(KeyInvalid, match="of kind curve"):
        Seed.parse(CURVE_SEED, KeyKind.USER)
    with pytest.raises(KeyInvalid, match="cannot sign"):
        Seed.parse(CURVE_SEED, KeyKind.CURVE)


@pytest.mark.parametrize("blanks", ["\n", " ", "\r\n"])
def test_white_space_around_a_key_is_refused_with_the_way_out(blanks: str) -> None:
    seed = Seed.create(KeyKind.ACCOUNT)
    with pytest.raises(KeyInvalid, match="remove the white space"):
        Seed.parse(seed.reveal() + blanks, KeyKind.ACCOUNT)


def test_lower_case_and_padding_are_refused() -> None:
    seed = Seed.create(KeyKind.ACCOUNT)
    for text in (seed.reveal().lower(), seed.reveal() + "======"):
        with pytest.raises(KeyInvalid):
            Seed.parse(text, KeyKind.ACCOUNT)


def test_a_public_key_that_is_no_point_of_the_curve_is_refused() -> None:
    """Nobody has a seed for it; Go's nkeys refuses the eight points of small order, and so does this."""
    for raw in (bytes(32), b"\x01" + bytes(31), b"\x02" + bytes(31), b"\xff" * 32):
        with pytest.raises(KeyInvalid, match="no point"):
            check_public_key(_encoded(0, raw), KeyKind.ACCOUNT)


def _encoded(prefix: int, raw: bytes) -> str:
    body = bytes([prefix]) + raw
    return base64.b32encode(body + binascii.crc_hqx(body, 0).to_bytes(2, "little")).decode()


def test_signatures_hold_for_their_key_and_data_alone() -> None:
    seed, other = Seed.create(KeyKind.ACCOUNT), Seed.create(KeyKind.ACCOUNT)
    signature = seed.sign(b"data")
    assert verify(seed.public_key, KeyKind.ACCOUNT, b"data", signature)
    assert not verify(seed.public_key, KeyKind.ACCOUNT, b"Data", signature)
    assert not verify(other.public_key, KeyKind.ACCOUNT, b"data", signature)
    assert not verify(seed.public_key, KeyKind.ACCOUNT, b"data", signature[:-1])
    with pytest.raises(KeyInvalid):
        verify(seed.public_key, KeyKind.USER, b"data", signature)


CREDS = """\
-----BEGIN NATS USER JWT-----
a.b.c
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
SEED
------END USER NKEY SEED------

*************************************************************
"""


def test_a_creds_file_is_upstreams_byte_for_byte() -> None:
    seed = Seed.create(KeyKind.USER)
    assert format_creds("a.b.c", seed) == CREDS.replace("SEED\n", f"{seed.reveal()}\n", 1)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_creds_file_reads_back(ending: str) -> None:
    seed = Seed.create(KeyKind.USER)
    creds = parse_creds(format_creds("a.b.c", seed).replace("\n", ending))
    assert (creds.jwt, creds.seed) == ("a.b.c", seed)
    assert seed.reveal() not in repr(creds)


def test_only_a_users_seed_goes_into_a_creds_file() -> None:
    with pytest.raises(KeyInvalid, match="of kind account"):
        format_creds("a.b.c", Seed.create(KeyKind.ACCOUNT))


def test_what_is_no_creds_file_is_refused_without_its_content() -> None:
    account = Seed.create(KeyKind.ACCOUNT).reveal()
    whole = CREDS.replace("SEED\n", f"{account}\n", 1)
    for text in ("", "a.b.c", whole, CREDS, whole.replace("-----", "--"), whole + whole):
        with pytest.raises(CredsInvalid) as refused:
            parse_creds(text)
        assert account not in str(refused.value)
        assert refused.value.__cause__ is None
