"""`gencreds verify`: credentials against the source, in both directions, and as far up the chain as can be seen."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gencreds.cli import main
from gencreds.nats.claims import AccountClaims, UserClaims
from gencreds.nats.creds import format_creds, parse_creds
from gencreds.nats.jwt import decode, encode
from gencreds.nats.nkeys import KeyKind, Seed
from gencreds.nats.structs import UserScope

from .shop_trees import calling, copied, edited, without_functions

NOW = int(time.time())
SIGN = 'signerapi.NewClient(svc).Sign(ctx, "audit")'


@dataclass(frozen=True)
class Signed:
    """A copy of the shop and credentials that were signed for it, on plane prod."""

    tree: Path
    creds: Path
    account: str
    signing_key: Seed

    def verify(self, *arguments: str, words: Sequence[str] = ()) -> int:
        return main(["verify", *(words or [str(self.creds)]), "--source", str(self.tree), *arguments])

    def file(self, hostname: str) -> Path:
        return self.creds / f"{hostname}_nats.creds"

    def again(self, hostname: str, issued_at: int = NOW, seed: Seed | None = None, **changed: object) -> None:
        """Sign a microservice's credentials again with some claims changed."""
        creds = parse_creds(self.file(hostname).read_text())
        claims = decode(creds.jwt, KeyKind.USER).claims
        assert isinstance(claims, UserClaims)
        token = encode(replace(claims, **changed), self.signing_key, issued_at=issued_at)
        self.file(hostname).write_text(format_creds(token, seed or creds.seed))


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    tree, signing_key = copied(tmp_path / "shop"), Seed.create(KeyKind.ACCOUNT)
    account = Seed.create(KeyKind.ACCOUNT).public_key
    (tmp_path / "key.nk").write_text(signing_key.reveal())
    bundle = ["--bundle", str(tree / "main" / "main.go"), "--plane", "prod", "--out", str(tmp_path / "creds")]
    assert main([*bundle, "--signing-key", str(tmp_path / "key.nk"), "--account", account]) == 0
    return Signed(tree, tmp_path / "creds", account, signing_key)


def test_what_was_signed_for_the_source_matches_it(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    assert signed.verify() == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert len(lines) == 6
    assert lines[2] == f"{signed.file('orders.shop')}: orders.shop on plane prod: matches"


def test_a_new_call_is_missing_with_its_call_site(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    calling(signed.tree, SIGN)
    assert signed.verify() == 1
    assert (
        f"{signed.file('inventory.shop')}: inventory.shop on plane prod: 1 missing\n"
        "  missing PUB  POST signer.shop:666/sign  call, trust root  "
        "prod.danger.666.inventory_shop.signer_shop.*.POST.sign  inventory/audit.go:10\n"
    ) in without_functions(capsys.readouterr().out)


def test_a_removed_call_is_superfluous(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    edited(signed.tree, "reports/service.go", '.ForHost("outlet.shop")', "")
    assert signed.verify() == 1
    assert (
        "reports.shop on plane prod: 1 superfluous\n"
        "  superfluous PUB  GET outlet.shop:443/stock/*    prod.safe.443.reports_shop.outlet_shop.*.GET.stock.*\n"
    ) in capsys.readouterr().out


@pytest.mark.parametrize(
    "changed",
    [
        {"pub_allow": (">",)},
        {"pub_allow": ("prod.safe.*.orders_shop.*.*.GET.>",)},
        {"sub_allow": ("prod.danger.666.*.signer_shop.>",)},
    ],
)
def test_a_superfluous_trust_root_or_wildcard_ends_with_3(signed: Signed, changed: dict[str, object]) -> None:
    signed.again("orders.shop", **changed)
    assert signed.verify() == 3


def test_a_removed_microservices_credentials_are_superfluous_as_a_whole(
    signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(signed.tree, "main/main.go", "\t\torders.NewService(),\n", "")
    assert signed.verify() == 3
    out = capsys.readouterr().out
    assert "orders.shop on plane prod: 8 superfluous, 1 problem\n" in out
    assert "  problem: the source has no microservice 'orders.shop'; " in out


def test_a_microservice_without_credentials_is_said_of_a_folder(
    signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    signed.file("orders.shop").unlink()
    assert signed.verify() == 1
    assert capsys.readouterr().err == "gencreds: no credentials for orders.shop\n"
    assert signed.verify(words=[str(signed.file("outlet.shop"))]) == 0


def test_another_bundle_of_the_tree_is_named(signed: Signed) -> None:
    assert signed.verify("--bundle", "main/main.go,signerapp/main.go", words=[str(signed.file("orders.shop"))]) == 0
    assert signed.verify("--bundle", "signerapp/main.go", words=[str(signed.file("outlet.shop"))]) == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"expires": NOW - 5}, "they have expired"),
        ({"not_before": NOW + 86_400}, "they are not valid yet"),
        ({"seed": Seed.create(KeyKind.USER)}, "the seed does not belong to the JWT's subject"),
        ({"pub_deny": ("prod.x",)}, "they deny 1 subject(s)"),
    ],
)
def test_what_makes_credentials_invalid_is_said(
    signed: Signed, capsys: pytest.CaptureFixture[str], changed: dict[str, object], message: str
) -> None:
    signed.again("orders.shop", **changed)
    assert signed.verify() == 1
    assert f"  problem: {message}" in capsys.readouterr().out


def test_a_plane_that_is_asked_for_has_to_be_theirs(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    assert signed.verify("--plane", "prod") == 0
    assert signed.verify("--plane", "test") == 1
    assert "problem: their plane is prod, not test" in capsys.readouterr().out
    assert signed.verify("--plane", "no.plane") == 1


def test_blocking_findings_leave_no_verdict(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    calling(signed.tree, "signerapi.NewClient(")
    assert signed.verify() == 1
    assert "blocking finding(s), so what it needs is not known: inventory/audit.go:" in capsys.readouterr().out


def test_the_accounts_jwt_tells_whether_the_chain_holds(
    signed: Signed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator, path = Seed.create(KeyKind.OPERATOR), tmp_path / "account.jwt"

    def outcome(**changed: object) -> str:
        given = {"subject": signed.account, "signing_keys": (signed.signing_key.public_key,), **changed}
        path.write_text(encode(AccountClaims(**given), operator, issued_at=NOW) + "\n")
        code = signed.verify("--account-jwt", str(path), words=[str(signed.file("outlet.shop"))])
        out = capsys.readouterr().out
        assert code == ("problem" in out)
        return out

    user = parse_creds(signed.file("outlet.shop").read_text()).seed.public_key
    key = signed.signing_key.public_key
    assert outcome().endswith("matches\n")
    assert "which is no signing key of the account (any more)" in outcome(signing_keys=())
    assert "the account has revoked them" in outcome(revocations={user: NOW + 86_400})
    assert "the account has revoked them" in outcome(revocations={"*": NOW + 86_400})
    assert outcome(revocations={user: NOW - 3600}).endswith("matches\n")
    assert "the account's JWT has expired" in outcome(expires=NOW - 1)
    assert "a scoped signing key signed them" in outcome(signing_keys=(), scopes=(UserScope(key=key),))
    other = Seed.create(KeyKind.ACCOUNT).public_key
    assert f"and the account's JWT is that of {other}" in outcome(subject=other)


def test_the_account_can_be_asked_for_by_its_key(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    assert signed.verify("--account", signed.account) == 0
    assert signed.verify("--account", signed.signing_key.public_key) == 1
    assert f"problem: they are of account {signed.account}, not " in capsys.readouterr().out
    assert signed.verify("--account", "A") == 1
    assert "-account: public key: " in capsys.readouterr().err


def test_json_holds_the_same(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    calling(signed.tree, SIGN)
    assert signed.verify("--format", "json") == 1
    value = json.loads(capsys.readouterr().out)
    found = {item["hostname"]: item for item in value["credentials"]}
    assert [hostname for hostname, item in found.items() if not item["matches"]] == ["inventory.shop"]
    (missing,) = found["inventory.shop"]["missing"]
    assert (missing["endpoint"], missing["alarming"]) == ("POST signer.shop:666/sign", True)
    assert value["withoutCredentials"] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["verify"], "name one or more .creds files"),
        (["verify", "x.creds"], "--source is required"),
        (["verify", "x.creds", "--source", "none"], "open x.creds"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    err = capsys.readouterr().err
    assert message in err or "none: there is no such tree" in err


def test_no_output_has_a_seed(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    seeds = [parse_creds(path.read_text()).seed.reveal() for path in signed.creds.iterdir()]
    calling(signed.tree, SIGN)
    for arguments in ([], ["--format", "json"]):
        signed.verify(*arguments)
        said = "".join(capsys.readouterr())
        assert not any(seed in said for seed in seeds)
