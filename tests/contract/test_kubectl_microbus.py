"""`kubectl microbus` on a real API server and on a state folder, with real credentials in Secrets: what it shows, and
that no seed shows."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from abc import ABC, abstractmethod
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
from microbus_operator.local.folder import Folder
from microbus_operator.local.store import Store

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


class Shop(ABC):
    """A plane with one app of two microservices, as the operator would leave them; `seeds` must stay hidden."""

    def __init__(self) -> None:
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
        self.status("Plane", "prod", {"signingKeys": [{"app": f"{NAMESPACE}/shop", "publicKey": "A"}]})
        self.status("MicrobusApp", "shop", {"services": services})
        for seed, (hostname, (pub, sub)) in zip(self.seeds, ALLOWED.items(), strict=True):
            self.apply(self.secret(app["metadata"]["uid"], hostname, seed, pub, sub))

    def run(self, *arguments: str) -> int:
        return main([*arguments, *self.whose, "-n", NAMESPACE])

    @property
    @abstractmethod
    def whose(self) -> tuple[str, str]:
        """The flag that says where the objects are."""

    @abstractmethod
    def apply(self, manifest: dict[str, Any]) -> Any: ...

    @abstractmethod
    def status(self, kind: str, name: str, status: dict[str, Any]) -> None: ...

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


class ShopInCluster(Shop):
    """Its objects are on an API server."""

    def __init__(self, server: ApiServer) -> None:
        self.kubeconfig = server.kubeconfig
        super().__init__()

    @property
    def whose(self) -> tuple[str, str]:
        return "--kubeconfig", str(self.kubeconfig)

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


class ShopInFolder(Shop):
    """Its objects are in a state folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__()

    @property
    def whose(self) -> tuple[str, str]:
        return "--local", str(self.folder)

    def apply(self, manifest: dict[str, Any]) -> Any:
        async def applied() -> Any:
            async with await Store.open(self.folder) as store:
                return await store.apply(manifest)

        return asyncio.run(applied())

    def status(self, kind: str, name: str, status: dict[str, Any]) -> None:
        async def merged() -> None:
            async with await Store.open(self.folder) as store:
                await store.merge(kind, NAMESPACE, name, {"status": status}, "status")

        asyncio.run(merged())


@pytest.fixture(scope="module", params=["api-server", pytest.param("folder", marks=pytest.mark.folder)])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    if request.param == "folder":
        return ShopInFolder(tmp_path_factory.mktemp("state"))
    return ShopInCluster(request.getfixturevalue("api_server"))


@pytest.fixture(scope="module")
def in_folder(tmp_path_factory: pytest.TempPathFactory) -> ShopInFolder:
    return ShopInFolder(tmp_path_factory.mktemp("state"))


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


def test_what_is_not_there_is_one_line(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.run("explain", "nobody.shop") == 1
    assert shop.run("status", "app", "nothing") == 1
    assert shop.run("who-can", "a.b", "--plane", "none") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.partition(" ")[0] for line in said.err.splitlines()] == ["error:"] * 3


def test_what_is_forbidden_is_one_line(
    api_server: ApiServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = json.loads(api_server.kubeconfig.read_text())
    config["users"][0]["user"]["token"] = "other"
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    assert main(["status", "-n", NAMESPACE, "--kubeconfig", str(tmp_path / "kubeconfig")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("error: ")
    assert "403" in line


def test_a_state_folder_is_read_while_another_process_holds_it(
    in_folder: ShopInFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    held = Folder.hold(in_folder.folder)
    try:
        assert in_folder.run("who-can", "signer.shop:666") == 0
    finally:
        held.close()
    assert ORDERS in capsys.readouterr().out


def test_a_state_folder_is_named_before_or_after_the_verb_and_needs_no_namespace(
    in_folder: ShopInFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--local", str(in_folder.folder), "explain", ORDERS]) == 0
    before = capsys.readouterr().out
    assert main(["explain", ORDERS, "--local", str(in_folder.folder)]) == 0
    assert capsys.readouterr().out == before
    assert f"{NAMESPACE}/shop" in before


@pytest.mark.parametrize("made", ["nothing", "an empty folder", "a file", "a newer format", "a spoilt object"])
def test_a_folder_that_is_no_state_folder_is_one_line(
    made: str, in_folder: ShopInFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "state"
    if made == "a file":
        folder.write_text("")
    elif made != "nothing":
        folder.mkdir()
    if made == "a newer format":
        (folder / "version").write_text("99\n")
    if made == "a spoilt object":
        (folder / "version").write_text("1\n")
        (folder / "objects/Plane/default").mkdir(parents=True)
        (folder / "objects/Plane/default/prod.yaml").write_text("kind: [")
    for verb in (("status", "-A"), ("explain", ORDERS), ("who-can", "signer.shop"), ("trust-roots",)):
        assert main(["--local", str(folder), *verb]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        (line,) = said.err.splitlines()
        assert line.startswith(f"error: {folder}") or "prod.yaml" in line


def test_a_state_folder_and_a_kubeconfig_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as wrong:
        main(["--local", str(tmp_path), "status", "--kubeconfig", str(tmp_path / "config")])
    assert wrong.value.code == 2
