"""The `gencreds` command signs as upstream's does: flags, messages, exit codes, files; and all files or none."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from gencreds.budget import connect_bytes, raw_budget, raw_bytes
from gencreds.cli import main
from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import parse_creds
from gencreds.nats.jwt import Decoded, decode
from gencreds.nats.nkeys import KeyKind, Seed

from .sources import write_shop

HOSTNAMES = ["ledger.lib", "orders.shop"]


@dataclass(frozen=True)
class Place:
    """A folder with a bundle and an account's seed in it."""

    folder: Path
    bundle: Path
    account: Seed

    @property
    def key(self) -> str:
        return str(self.folder / "account.nk")

    def sign(self, *arguments: str) -> int:
        """Run `gencreds` on the bundle, with the account's key, writing to `folder/creds`."""
        given = ["-bundle", str(self.bundle), "-signing-key", self.key, "-out", str(self.folder / "creds")]
        return main([*given, *arguments])

    def creds(self, hostname: str) -> Decoded:
        """The verified JWT of what was written for `hostname`."""
        creds = parse_creds((self.folder / "creds" / f"{hostname}_nats.creds").read_text())
        decoded = decode(creds.jwt, KeyKind.USER)
        assert decoded.claims.subject == creds.seed.public_key
        return decoded


@pytest.fixture
def place(tmp_path: Path) -> Place:
    account = Seed.create(KeyKind.ACCOUNT)
    (tmp_path / "account.nk").write_text(account.reveal() + "\n")
    return Place(tmp_path, write_shop(tmp_path), account)


def users(decoded: Decoded) -> UserClaims:
    assert isinstance(decoded.claims, UserClaims)
    return decoded.claims


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_one_file_per_microservice_and_nothing_on_standard_output(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.sign("-plane", "prod") == 0
    assert tuple(capsys.readouterr()) == ("", "")
    written = sorted((place.folder / "creds").iterdir())
    assert [path.name for path in written] == [f"{hostname}_nats.creds" for hostname in HOSTNAMES]
    assert [mode(path) for path in written] == [0o600, 0o600]
    decoded = place.creds("orders.shop")
    assert decoded.issuer == place.account.public_key
    assert users(decoded) == UserClaims(
        subject=decoded.claims.subject,
        name="orders.shop",
        pub_allow=(
            "prod.safe.888.orders_shop.>",
            "prod.reply._.orders_shop.>",
            "prod.danger.666.orders_shop.ledger_lib.*.POST.book",
        ),
        sub_allow=("prod.safe.*.*.orders_shop.>", "prod.reply._.*.orders_shop.*", "prod.safe.888.*.all.>"),
    )


def test_the_plane_is_microbus_unless_said_otherwise(place: Place) -> None:
    assert place.sign() == 0
    assert users(place.creds("ledger.lib")).pub_allow[0] == "microbus.safe.888.ledger_lib.>"


def test_credentials_expire_when_asked_to(place: Place) -> None:
    assert place.sign("--expiration=1h30m") == 0
    decoded = place.creds("orders.shop")
    expires = users(decoded).expires
    assert expires is not None
    assert expires - decoded.issued_at in (5400, 5401)


def test_user_keys_are_new_each_time_unless_they_are_kept(place: Place) -> None:
    kept = place.folder / "kept"
    subjects = []
    for arguments in ([], ["-rotate-user-nkeys=false"], *[["-persist-user-nkeys", str(kept)]] * 2):
        assert place.sign(*arguments) == 0
        subjects.append(place.creds("orders.shop").claims.subject)
    assert len(set(subjects)) == 3
    assert subjects[2] == subjects[3]
    key = kept / "orders.shop_user.nk"
    assert (mode(kept), mode(key), len(key.read_bytes())) == (0o700, 0o600, 58)


def test_a_signing_key_signs_for_the_account_that_is_named(place: Place) -> None:
    """Pitfall N14: without issuer_account a broker refuses what a signing key signed."""
    identity = Seed.create(KeyKind.ACCOUNT).public_key
    assert place.sign("-account", identity) == 0
    decoded = place.creds("orders.shop")
    assert (decoded.issuer, users(decoded).issuer_account) == (place.account.public_key, identity)


def test_the_accounts_own_key_signs_as_upstream_does(place: Place) -> None:
    assert place.sign("-account", place.account.public_key) == 0
    assert users(place.creds("orders.shop")).issuer_account is None


def test_manifests_win_over_the_bundle(place: Place) -> None:
    assert place.sign("-manifests", f" {place.bundle.parents[1] / 'orders'},") == 0
    assert [path.name for path in (place.folder / "creds").iterdir()] == ["orders.shop_nats.creds"]


def test_existing_files_are_replaced_and_become_private(place: Place) -> None:
    target = place.folder / "creds" / "orders.shop_nats.creds"
    target.parent.mkdir()
    target.write_text("old")
    target.chmod(0o644)
    assert place.sign() == 0
    assert mode(target) == 0o600
    assert place.creds("orders.shop")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--signing-key is required"),
        (["-signing-key", "x"], "one of --bundle or --manifests is required"),
        (["-signing-key", "x", "-bundle", "none/main.go"], "resolve bundle: none/main.go"),
        (["-signing-key", "x", "-bundle", "{bundle}"], "load signing key: open x: no such file or directory"),
        (
            ["-signing-key", "{user}", "-bundle", "{bundle}"],
            "load signing key: signing key is not an account NKey (pub",
        ),
        (["-signing-key", "{bundle}", "-bundle", "{bundle}"], "load signing key: parse account seed: "),
        (["-signing-key", "{key}", "-bundle", "{bundle}", "-plane", "a.b"], "-plane 'a.b'"),
        (["-signing-key", "{key}", "-bundle", "{bundle}", "-account", "A"], "-account: "),
        (["-signing-key", "{key}", "-bundle", "{bundle}", "-expiration=-1h"], "-expiration is negative"),
        (["-signing-key", "{key}", "-bundle", "{bundle}", "-out", "{key}"], "create out dir: mkdir "),
    ],
)
def test_errors_are_said_in_upstreams_words(
    place: Place, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    user = place.folder / "user.nk"
    user.write_text(Seed.create(KeyKind.USER).reveal())
    names = {"bundle": place.bundle, "key": place.key, "user": user}
    assert main([argument.format(**names) for argument in arguments]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"gencreds: {message}")
    for secret in (place.account.reveal(), user.read_text()):
        assert secret not in err


def test_a_bad_flag_ends_with_2_and_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-nope"]) == 2
    assert capsys.readouterr().err.startswith(
        "flag provided but not defined: -nope\nUsage of gencreds:\n  -account string"
    )


def test_a_jwt_over_the_brokers_limit_ends_with_2_and_names_the_largest_grants(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pitfall N13."""
    assert place.sign("-max-control-line", "1100") == 2
    err = capsys.readouterr().err
    assert "gencreds: ledger.lib: signed JWT is " in err
    assert "exceeds 839-byte CONNECT budget" in err
    assert "(max_control_line 1100; top: " in err
    assert list((place.folder / "creds").iterdir()) == []


def test_permissions_over_the_raw_budget_end_with_1(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    service = place.bundle.parents[1] / "orders" / "service.go"
    calls = "".join(f'\tsvc.Request(ctx, pub.GET("https://host{n}.example/{"x" * 40}"))\n' for n in range(60))
    imports = 'import (\n\t"context"\n\n\t"github.com/microbus-io/fabric/pub"\n)\n'
    service.write_text(f"package orders\n\n{imports}\nfunc (svc *Service) Place(ctx context.Context) {{\n{calls}}}\n")
    assert place.sign() == 1
    err = capsys.readouterr().err
    assert "gencreds: sign orders.shop: build rules: orders.shop: rule set " in err
    assert "exceeds 3000-byte JWT permission budget (top: PUB {{plane}}.safe.443.orders_shop.host" in err
    assert not (place.folder / "creds" / "ledger.lib_nats.creds").exists(), "what is signed before it is not written"


def test_a_blocking_finding_signs_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    (place.bundle.parents[1] / "orders" / "service.go").write_text("package orders\n\nfunc {\n")
    assert place.sign() == 1
    assert "blocking finding(s), nothing was signed:\n  orders.shop: orders/service.go:3" in capsys.readouterr().err
    assert not (place.folder / "creds").exists()


def test_a_hostname_cannot_lead_out_of_the_directory(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    (place.bundle.parents[1] / "orders" / "manifest.yaml").write_text("general:\n  hostname: ../../evil\n")
    assert place.sign() == 1
    assert not (place.folder / "creds").exists()
    assert "evil" in capsys.readouterr().err


def test_when_one_file_cannot_be_written_none_is(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = place.folder / "creds" / "orders.shop_nats.creds"
    blocked.mkdir(parents=True)
    assert place.sign() == 1
    assert f"gencreds: write open {blocked}: is a directory" in capsys.readouterr().err
    assert os.listdir(place.folder / "creds") == [blocked.name]


def test_a_kept_key_that_was_damaged_is_an_error_and_stays_as_it_is(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = place.folder / "kept"
    kept.mkdir()
    (kept / "orders.shop_user.nk").write_text("SUNOKEY")
    assert place.sign("-persist-user-nkeys", str(kept)) == 1
    assert "user key: parse persisted seed for orders.shop: seed: " in capsys.readouterr().err
    assert (kept / "orders.shop_user.nk").read_text() == "SUNOKEY"
    assert not (place.folder / "creds" / "ledger.lib_nats.creds").exists()


def test_scan_prints_the_report_and_signs_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--bundle", str(place.bundle), "--plane", "prod"]) == 0
    out, err = capsys.readouterr()
    assert [service["hostname"] for service in json.loads(out)["services"]] == HOSTNAMES
    assert err == ""
    assert main(["scan", "--bundle", str(place.bundle), "--plane", "prod"]) == 0
    assert capsys.readouterr().out == out


def test_scan_prints_the_report_even_with_blocking_findings(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    (place.bundle.parents[1] / "orders" / "service.go").write_text("package orders\n\nfunc {\n")
    assert main(["scan", "--bundle", str(place.bundle)]) == 1
    out, err = capsys.readouterr()
    assert any(service["findings"] for service in json.loads(out)["services"])
    assert "blocking finding(s)" in err


def test_scan_over_budget_ends_with_2(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--bundle", str(place.bundle), "--max-control-line", "1200"]) == 2
    assert capsys.readouterr().err.splitlines()[:4] == [
        "gencreds: ledger.lib: its CONNECT line would have 1226 bytes, and the broker's max_control_line is 1200",
        "  largest: SUB * ledger.lib:666/… (50 bytes), SUB replies to its own requests (46 bytes), "
        "PUB control requests to any host (44 bytes)",
        "  most is taken by: 2 entries for ledger.lib (94 bytes), 1 entry for all (38 bytes)",
        "  it is 26 bytes too long: set the brokers' max_control_line to 1226 or more, or move calls to a microservice "
        "of their own",
    ]


def test_a_scan_counts_what_credentials_will_be(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--bundle", str(place.bundle)]) == 0
    counted = {
        service["hostname"]: service["connectBytes"] for service in json.loads(capsys.readouterr().out)["services"]
    }
    identity = Seed.create(KeyKind.ACCOUNT).public_key
    assert place.sign("-account", identity, "-expiration", "720h") == 0
    for hostname in HOSTNAMES:
        creds = parse_creds((place.folder / "creds" / f"{hostname}_nats.creds").read_text())
        assert connect_bytes(creds.jwt) == counted[hostname]


def test_both_refuse_the_same_limit(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-account", Seed.create(KeyKind.ACCOUNT).public_key, "-expiration", "720h"]
    assert main(["scan", "--bundle", str(place.bundle)]) == 0
    largest = max(service["connectBytes"] for service in json.loads(capsys.readouterr().out)["services"])
    for limit, code in ((largest, 0), (largest - 1, 2)):
        assert main(["scan", "--bundle", str(place.bundle), "--max-control-line", str(limit)]) == code
        assert place.sign(*arguments, "-max-control-line", str(limit)) == code
    assert capsys.readouterr().err.count("  largest: PUB POST ledger.lib:666/book (") == 2


def test_what_upstreams_raw_budget_refuses_is_signed_if_it_connects(place: Place) -> None:
    """With a short plane, upstream's count (by a placeholder of nine characters) is larger than what is sent."""
    service = place.bundle.parents[1] / "orders" / "service.go"
    calls = "".join(f'\tsvc.Request(ctx, pub.GET("https://host{n}.example/{"x" * 26}"))\n' for n in range(10, 82))
    imports = 'import (\n\t"context"\n\n\t"github.com/microbus-io/fabric/pub"\n)\n'
    service.write_text(f"package orders\n\n{imports}\nfunc (svc *Service) Place(ctx context.Context) {{\n{calls}}}\n")
    assert place.sign("-plane", "P", "-max-control-line", "8192") == 0
    lists = users(place.creds("orders.shop"))
    assert raw_bytes("P", lists.pub_allow, lists.sub_allow) > raw_budget(8192)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["scan"], 1),
        (["scan", "--bundle", "none/main.go"], 1),
        (["scan", "--bundle", "x", "--format", "xml"], 1),
        (["scan", "--bundle", "x", "--plane", ""], 1),
        (["scan", "word"], 2),
        (["scan", "--signing-key", "x"], 2),
        (["scan", "-h"], 0),
    ],
)
def test_scan_refuses_odd_command_lines(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == code
    assert capsys.readouterr().out == ""


def test_it_runs_as_a_module_in_an_empty_environment(place: Place) -> None:
    command = [sys.executable, "-I", "-m", "gencreds", "scan", "--bundle", str(place.bundle)]
    done = subprocess.run(command, env={}, capture_output=True, text=True, cwd="/", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert [service["hostname"] for service in json.loads(done.stdout)["services"]] == HOSTNAMES
