"""`kubectl microbus` on a real API server, with real credentials in Secrets: what it shows, and that no seed shows."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gencreds.nats.claims import UserClaims
from gencreds.nats.creds import format_creds
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed
from microbus_operator.api.meta import API_VERSION
from microbus_operator.cli.kubectl import main
from microbus_operator.core.names import CREDS_SECRET_TYPE, MANAGED_BY, creds_file, creds_secret

from .api_servers import ApiServer, program

NAMESPACE = "kubectl-microbus"
ORDERS, SIGNER = "orders.shop", "signer.shop"
ALLOWED = {
    ORDERS: (
        ("prod.danger.666.orders_shop.signer_shop.*.POST.sign", "prod.safe.888.orders_shop.>"),
        ("prod.reply._.*.orders_shop.*",),
    ),
    SIGNER: (("prod.safe.888.signer_shop.>",), ("prod.danger.666.*.signer_shop.>", "prod.safe.*.*.signer_shop.>")),
}


class Shop:
    """A plane with one app of two microservices, as the operator would leave them; `seeds` must stay hidden."""

    def __init__(self, server: ApiServer) -> None:
        self.kubeconfig = server.kubeconfig
        self.account, self.seeds = Seed.create(KeyKind.ACCOUNT), [Seed.create(KeyKind.USER) for _ in ALLOWED]
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        nats = {"replicas": 1, "image": "nats:2.14.2"}
        self.apply(self.manifest("Plane", "prod", {"plane": "prod", "nats": nats}))
        bundles = [{"name": "main", "image": "registry.example/shop:1"}]
        app = self.apply(self.manifest("MicrobusApp", "shop", {"planeRef": {"name": "prod"}, "bundles": bundles}))
        services = [
            {"hostname": name, "bundle": "main", "secretName": creds_secret("shop", name), "issuedAt": 1}
            for name in ALLOWED
        ]
        self.status("planes", "prod", {"signingKeys": [{"app": f"{NAMESPACE}/shop", "publicKey": "A"}]})
        self.status("microbusapps", "shop", {"services": services})
        for seed, (hostname, (pub, sub)) in zip(self.seeds, ALLOWED.items(), strict=True):
            self.apply(self.secret(app["metadata"]["uid"], hostname, seed, pub, sub))

    def run(self, *arguments: str) -> int:
        return main([*arguments, "--kubeconfig", str(self.kubeconfig), "-n", NAMESPACE])

    def manifest(self, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        return {
            "apiVersion": API_VERSION,
            "kind": kind,
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": spec,
        }

    def secret(self, uid: str, hostname: str, seed: Seed, pub: tuple[str, ...], sub: tuple[str, ...]) -> dict[str, Any]:
        claims = UserClaims(
            subject=seed.public_key,
            name=hostname,
            issuer_account=self.account.public_key,
            pub_allow=pub,
            sub_allow=sub,
            expires=int(time.time()) + 86400 * 30,
        )
        owner = {"apiVersion": API_VERSION, "kind": "MicrobusApp", "name": "shop", "uid": uid, "controller": True}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": CREDS_SECRET_TYPE,
            "metadata": {
                "name": creds_secret("shop", hostname),
                "namespace": NAMESPACE,
                "labels": MANAGED_BY,
                "ownerReferences": [owner],
            },
            "stringData": {
                creds_file(hostname): format_creds(encode(claims, self.account, issued_at=int(time.time())), seed)
            },
        }

    def apply(self, manifest: dict[str, Any]) -> Any:
        return json.loads(self.kubectl("apply", "-o", "json", "-f", "-", given=json.dumps(manifest)))

    def status(self, kind: str, name: str, status: dict[str, Any]) -> None:
        patch = json.dumps({"status": status})
        self.kubectl("-n", NAMESPACE, "patch", kind, name, "--subresource", "status", "--type", "merge", "-p", patch)

    def kubectl(self, *arguments: str, given: str = "") -> str:
        command = [program("kubectl"), "--kubeconfig", str(self.kubeconfig), *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def shop(api_server: ApiServer) -> Shop:
    return Shop(api_server)


def test_explain_lists_what_the_credentials_allow(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.run("explain", ORDERS) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["publish", "call", "signer.shop", "666", "POST", "/sign", "trust", "root", "-"] in rows


def test_explain_says_whether_a_subject_is_allowed(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.run("explain", ORDERS, "prod.danger.666.orders_shop.signer_shop._.POST.sign") == 0
    assert shop.run("explain", ORDERS, "prod.danger.666.orders_shop.signer_shop._.DELETE.sign") == 1
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["yes", "no"]


def test_who_can_and_trust_roots_look_across_the_apps_of_the_plane(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop.run("who-can", "signer.shop:666", "POST", "/sign", "-o", "json") == 0
    (item,) = json.loads(capsys.readouterr().out)["items"]
    assert (item["microservice"], item["app"]) == (ORDERS, f"{NAMESPACE}/shop")
    assert shop.run("trust-roots") == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[2]) for row in rows] == [(ORDERS, "call"), (SIGNER, "serve")]


def test_status_shows_both_kinds_and_each_in_detail(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ((), ("-A",), ("-o", "wide"), ("app", "shop"), ("plane/prod",), ("-o", "json")):
        assert shop.run("status", *arguments) == 0
        assert "shop" in capsys.readouterr().out


def test_no_verb_in_any_form_shows_a_seed(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ((), ("-o", "wide"), ("-o", "json")):
        for verb in (("status",), ("explain", ORDERS), ("who-can", "signer.shop"), ("trust-roots",)):
            shop.run(*verb, *form)
    said = capsys.readouterr()
    assert ORDERS in said.out
    assert not [seed for seed in shop.seeds if seed.reveal() in said.out + said.err]
    assert "SUA" not in said.out + said.err


def test_what_is_not_there_and_what_is_forbidden_are_one_line_each(
    shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert shop.run("explain", "nobody.shop") == 1
    assert shop.run("status", "app", "nothing") == 1
    assert shop.run("who-can", "a.b", "--plane", "none") == 1
    config = json.loads(shop.kubeconfig.read_text())
    config["users"][0]["user"]["token"] = "other"
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    assert main(["status", "-n", NAMESPACE, "--kubeconfig", str(tmp_path / "kubeconfig")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("error: ") for line in lines)
    assert "403" in lines[3]
