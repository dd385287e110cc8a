"""`gencreds inspect`: credentials in clear, their oddities named, hostile files refused in a line, and never a seed."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from gencreds.cli import main
from gencreds.nats.claims import AccountClaims, UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed
from gencreds.rendering.moments import moment, relative

NOW = int(time.time())
ACCOUNT, USER = Seed.create(KeyKind.ACCOUNT), Seed.create(KeyKind.USER)
IDENTITY = Seed.create(KeyKind.ACCOUNT).public_key
PUB = ("p.safe.888.orders_shop.>", "p.reply._.orders_shop.>", "p.safe.443.orders_shop.stock_shop.*.GET.level")
SUB = ("p.safe.*.*.orders_shop.>", "p.reply._.*.orders_shop.*", "p.safe.888.*.all.>")


def written(folder: Path, seed: Seed = USER, name: str = "orders.shop", **changed: object) -> Path:
    """A `.creds` file of a microservice, with some claims changed."""
    given = {
        "issuer_account": IDENTITY,
        "pub_allow": PUB,
        "sub_allow": SUB,
        "expires": NOW + 3 * 86_400 + 3600,
        **changed,
    }
    claims = UserClaims(subject=USER.public_key, name=name, **given)
    path = folder / "orders.shop_nats.creds"
    path.write_text(format_creds(encode(claims, ACCOUNT, issued_at=NOW - 7200), seed))
    return path


def rules(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["inspect", str(path), "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["credentials"]
    return [warning["rule"] for warning in found["warnings"]]


def test_all_that_people_ask_of_credentials_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    assert main(["inspect", str(path)]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == ""
    assert lines[1:6] == [
        "Microservice: orders.shop",
        "Plane:        p",
        f"User:         {USER.public_key}",
        f"Account:      {IDENTITY}",
        f"Signed by:    {ACCOUNT.public_key} (a signing key of the account)",
    ]
    assert lines[6].endswith("(2 hours ago)")
    assert lines[7].startswith("Expires:      ")
    assert lines[7].endswith("(in 3 days)")
    assert lines[8].startswith("CONNECT:      ")
    assert lines[8].endswith(" of 4096 bytes")
    assert "PUB   GET stock.shop:443/level        " in out
    assert "warning" not in out


def test_json_holds_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--format=json", str(written(tmp_path))]) == 0
    (found,) = json.loads(capsys.readouterr().out)["credentials"]
    assert found["hostname"] == "orders.shop"
    assert (found["pub"], found["sub"]) == ({"allow": [*PUB], "deny": []}, {"allow": [*SUB], "deny": []})
    assert (found["account"], found["issuer"], found["signedBySigningKey"]) == (IDENTITY, ACCOUNT.public_key, True)
    assert found["issuedAt"] == moment(NOW - 7200)
    assert found["warnings"] == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"expires": None}, ["no-expiry"]),
        ({"expires": NOW - 1}, ["expired"]),
        ({"not_before": NOW + 86_400}, ["not-yet-valid"]),
        ({"issuer_account": None}, ["no-signing-key"]),
        ({"name": ""}, ["no-hostname", *["wildcard"] * 3]),
        ({"bearer_token": True}, ["bearer"]),
        ({"pub_deny": ("p.x",)}, ["deny-list"]),
        ({"pub_allow": (*PUB, "p.danger.666.orders_shop.signer_shop.*.POST.sign")}, ["trust-root"]),
        ({"pub_allow": (*PUB, "p.safe.443.orders_shop.*.*.GET.x")}, ["wildcard"]),
        ({"pub_allow": (*PUB, "p.safe.443.orders_shop.stock_shop.*.GET.>")}, ["wildcard"]),
        ({"pub_allow": (*PUB, "p.safe.443.*.stock_shop.*.GET.x")}, ["wildcard"]),
        ({"pub_allow": (">",)}, ["trust-root", "wildcard"]),
        ({"sub_allow": ("p.safe.443.*.*.*.GET.x",)}, ["wildcard"]),
        ({"sub_allow": ("p.safe.>",)}, ["wildcard"]),
        ({"sub_allow": ("p.*.666.*.stock_shop.>",)}, ["trust-root", "wildcard"]),
        ({"sub_allow": ("q.safe.443.*.stock_shop.*.GET.x",)}, ["several-planes"]),
    ],
)
def test_what_is_odd_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, object], expected: list[str]
) -> None:
    assert rules(written(tmp_path, **changed), capsys) == expected


def test_a_foreign_seed_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(written(tmp_path, seed=Seed.create(KeyKind.USER)), capsys) == ["foreign-seed"]


def test_what_is_too_large_for_the_broker_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    assert main(["inspect", str(path), "--max-control-line", "1000"]) == 2
    assert "of the 1000 bytes of the broker's max_control_line; it cannot connect" in capsys.readouterr().out


def test_a_folder_is_all_its_credentials_and_one_bad_file_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path)
    (tmp_path / "a.creds").write_text("nothing")
    assert main(["inspect", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert "Microservice: orders.shop\n" in out
    assert (
        err
        == f"gencreds: {tmp_path}/a.creds: a .creds file has two blocks between dashes, a JWT and a seed; this has 0\n"
    )


def _blocks(*texts: str) -> bytes:
    return "".join(f"-----BEGIN X-----\n{text}\n------END X------\n\n" for text in texts).encode()


def _account_jwt() -> str:
    return encode(AccountClaims(subject=ACCOUNT.public_key), Seed.create(KeyKind.OPERATOR), issued_at=NOW)


def _damaged() -> str:
    text = USER.reveal()
    return text[:20] + ("A" if text[20] != "A" else "B") + text[21:]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "this has 0"),
        (b"\xff\xfe\x00" * 100, "plain ASCII"),
        (b"-" * 2_200_000, "larger than any .creds file"),
        (_blocks("a.b.c", "d.e.f", USER.reveal()), "this has 3"),
        (_blocks(_account_jwt(), USER.reveal()), "user"),
        (_blocks("a.b.c", ACCOUNT.reveal()), "it is of kind account"),
        (_blocks("a.b.c", _damaged()), "checksum is wrong"),
        (_blocks(USER.reveal(), USER.reveal()), "3 parts between dots"),
        (_blocks("a.b", "x" * 58), "A-Z and 2-7"),
    ],
)
def test_hostile_files_get_one_line_without_anything_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    path = tmp_path / "evil\x1b[2J\n.creds"
    path.write_bytes(content)
    assert main(["inspect", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "\x1b" not in err
    assert not any(seed in err for seed in (USER.reveal(), ACCOUNT.reveal(), _damaged()))


def test_no_output_has_the_seed_nor_control_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, name="x\x1b[31m\ny")
    for arguments in ([], ["--format", "json"], ["--color", "always"]):
        assert main(["inspect", str(path), *arguments]) == 0
        out, err = capsys.readouterr()
        assert USER.reveal() not in out + err
        assert "\x1b[31m\n" not in out
    assert main(["inspect", str(path)]) == 0
    assert "Microservice: x\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}y\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name one or more .creds files"),
        (["no/such.creds"], "open no/such.creds: no such file"),
        (["."], "no *.creds"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", *words]) == 1
    assert message in capsys.readouterr().err


def test_times_are_told_in_the_largest_unit_that_fits() -> None:
    assert [relative(at, 1000.0) for at in (1001, 940, 1000 + 3600 * 5, 1000 - 86_400 * 400)] == [
        *("in 1 second", "1 minute ago", "in 5 hours", "400 days ago"),
    ]
    assert (moment(0), moment(2**62)) == ("1970-01-01T00:00:00Z", f"{2**62} s")
