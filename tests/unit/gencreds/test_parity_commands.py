"""`-parity upstream`: the commands do what upstream's gencreds would, in its words and within its budgets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gencreds.cli import main
from gencreds.nats.creds import parse_creds
from gencreds.nats.jwt import decode
from gencreds.nats.nkeys import KeyKind, Seed

from .golang_trees import write
from .upstream_trees import BODY, DEFINITIONS, FILES

_BOUND = 'c := targetapi.NewClient(svc).ForHost("a.b")\nc.Seal(ctx)'
_SEAL = "P.danger.666.caller_x.target_x.*.POST.seal"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(tmp_path, {**FILES, "caller/service.go": BODY % _BOUND})
    (tmp_path / "account.nk").write_text(Seed.create(KeyKind.ACCOUNT).reveal())
    return tmp_path


def _sign(place: Path, *more: str) -> int:
    where = ["--manifests", str(place / "caller"), "--signing-key", str(place / "account.nk")]
    return main([*where, "--out", str(place / "creds"), "--plane", "P", *more])


def test_scan_prints_what_upstream_would_grant(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["scan", "--manifests", str(place / "caller"), "--plane", "P"]
    lists = []
    for parity in ("none", "upstream"):
        assert main([*arguments, "--parity", parity]) == 0
        lists.append(json.loads(capsys.readouterr().out)["services"][0]["pub"])
    assert set(lists[1]) - set(lists[0]) == {_SEAL}


def test_signing_signs_what_upstream_would(place: Path) -> None:
    assert _sign(place, "--parity", "upstream") == 0
    creds = parse_creds((place / "creds" / "caller.x_nats.creds").read_text())
    claims = decode(creds.jwt, KeyKind.USER).claims
    assert claims.pub_allow == ("P.safe.888.caller_x.>", "P.reply._.caller_x.>", _SEAL)


def test_what_ours_refuses_is_signed_without_a_word(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(place, {"caller/service.go": BODY % "svc.Request(ctx, opts...)"})
    assert _sign(place) == 1
    capsys.readouterr()
    assert (_sign(place, "--parity", "upstream"), capsys.readouterr().err) == (0, "")


def test_upstreams_errors_are_in_its_words(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(place, {"caller/callerapi/definition.go": "package callerapi\n"})
    assert _sign(place, "--parity", "upstream") == 1
    error = "gencreds: sign caller.x: scan source: own *api package has no Hostname constant\n"
    assert capsys.readouterr().err == error
    assert main(["scan", "--manifests", str(place / "caller"), "--parity", "upstream"]) == 1
    assert capsys.readouterr() == ("", error)


@pytest.mark.parametrize(
    ("count", "length", "code", "said"),
    [(40, 40, 1, "exceeds 3000-byte JWT permission budget"), (14, 135, 2, "exceeds 4000-byte CONNECT budget\n")],
)
def test_the_budgets_are_upstreams_whatever_the_broker_takes(
    place: Path, capsys: pytest.CaptureFixture[str], count: int, length: int, code: int, said: str
) -> None:
    """The second is reached only by what is short as JSON and long as Go writes it: each `>` has six characters."""
    names = [f"F{number:02}" for number in range(count)]
    routes = {name: f"/{name}/{'x' * length}/{{tail...}}" for name in names}
    text = DEFINITIONS % "\n".join(f'var {n} = define.Web{{Method: "GET", Route: "{routes[n]}"}}' for n in names)
    calls = "\n".join(f"targetapi.NewClient(svc).{name}(ctx)" for name in names)
    write(place, {"target/targetapi/definition.go": text, "caller/service.go": BODY % calls})
    assert _sign(place, "--parity", "upstream", "--max-control-line", "65536") == code
    assert said in capsys.readouterr().err


def test_any_other_word_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _sign(place, "--parity", "true") == 1
    assert capsys.readouterr().err == "gencreds: -parity 'true': it is none or upstream\n"
