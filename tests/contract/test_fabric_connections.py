"""How a microservice's connection behaves when its credentials go: the facts that every rotation is built upon.

They are measured on the framework's stand-in in `e2e/fabric`, which keeps nats.go's defaults as the framework does.
If one of these tests changes its mind, the order of rotating (deliver, observe, then revoke) has to be thought over.
"""

from __future__ import annotations

import json
from pathlib import Path

from .brokers import running_broker
from .shop import built_shop, running_process
from .shop_on_broker import PLANE, AllowLists, ChainOfTrust, Run, shop_on_broker
from .waiting import until

EVERYTHING: AllowLists = ((">",), (">",))
MAIN_HOSTNAMES = ("inventory.shop", "notifier.shop", "orders.shop", "outlet.shop", "reports.shop", "storefront.shop")
HOSTNAMES = (*MAIN_HOSTNAMES, "signer.shop")
REVOKED = "storefront.shop"
# nats.go waits 2 s between attempts and gives up at the second equal refusal.
GIVEN_UP_WITHIN = 30.0
RECONNECTED_WITHIN = 30.0


async def test_n10_a_revoked_user_whose_file_is_new_comes_back_as_the_new_user(tmp_path: Path) -> None:
    with shop_on_broker(dict.fromkeys(HOSTNAMES, EVERYTHING), tmp_path) as run:
        new = run.chain.issue(REVOKED, EVERYTHING, tmp_path)
        assert new not in run.connections().values(), "a new file alone changes nothing"
        run.revoke(run.users[REVOKED])
        run.shop.processes["main"].wait_for(
            lambda log: _logged(log, "Reconnected to NATS", REVOKED), RECONNECTED_WITHIN, "reconnect"
        )
        assert sorted(run.connections().values()) == sorted({**run.users, REVOKED: new}.values())
        assert [outcome for outcome in run.shop.exercise() if not outcome.ok] == []


async def test_n9_a_revoked_user_whose_file_is_old_is_cut_off_for_good_and_looks_healthy(tmp_path: Path) -> None:
    with shop_on_broker(dict.fromkeys(HOSTNAMES, EVERYTHING), tmp_path) as run:
        run.revoke(run.users[REVOKED])
        await until(lambda: _report(run), lambda text: "connection closed" in text, "end of trying", GIVEN_UP_WITHIN)
        run.chain.issue(REVOKED, EVERYTHING, tmp_path)
        refused = run.broker.log.count("[ERR]")
        status, _ = run.shop.get("/healthz")
        assert status == 200, "nothing in the process tells that it is deaf"
        assert run.shop.processes["main"].process.poll() is None
        assert "connection closed" in await _report(run), "and a new file comes too late"
        assert run.broker.log.count("[ERR]") == refused, "it does not even try"
        assert sorted(run.connections().values()) == sorted(
            user for hostname, user in run.users.items() if hostname != REVOKED
        )


def test_n12_without_its_creds_file_a_microservice_connects_as_nobody_and_its_process_ends(tmp_path: Path) -> None:
    chain = ChainOfTrust()
    for hostname in MAIN_HOSTNAMES:
        if hostname != REVOKED:
            chain.issue(hostname, EVERYTHING, tmp_path)
    with running_broker(chain.configuration(), tmp_path) as broker:
        code, log = _run_to_its_end(tmp_path, broker.url)
    assert code == 19, log
    assert f"{REVOKED}: connect to NATS" in log
    assert "Authorization Violation" in log


def test_a_broker_that_is_not_there_ends_the_process_at_its_start(tmp_path: Path) -> None:
    code, log = _run_to_its_end(tmp_path, "nats://127.0.0.1:1")
    assert code == 19, log
    assert "orders.shop: connect to NATS" in log


def test_microservices_with_the_same_creds_share_a_connection(tmp_path: Path) -> None:
    chain = ChainOfTrust()
    chain.issue("orders.shop", EVERYTHING, tmp_path)
    (tmp_path / "orders.shop_nats.creds").rename(tmp_path / "nats.creds")
    with running_broker(chain.configuration(), tmp_path) as broker:
        environment = {"MICROBUS_NATS": broker.url, "MICROBUS_PLANE": PLANE}
        with running_process(built_shop() / "main", tmp_path, environment) as process:
            process.wait_for(lambda log: _logged(log, "Startup", "storefront.shop"), 30, "startup")
            assert process.log.count("Connected to NATS") == 1
    assert process.process.returncode == 0


def test_on_sigterm_the_process_ends_in_order(tmp_path: Path) -> None:
    with shop_on_broker(dict.fromkeys(HOSTNAMES, EVERYTHING), tmp_path) as run:
        pass
    for process in run.shop.processes.values():
        assert process.process.returncode == 0
    ends = [line["host"] for line in _lines(run.shop.processes["main"].log) if line["msg"] == "Shutdown"]
    assert ends[0] == "storefront.shop", "what started last ends first"
    assert sorted(ends) == sorted(MAIN_HOSTNAMES)


async def _report(run: Run) -> str:
    _, text = run.shop.get("/report")
    return text


def _run_to_its_end(directory: Path, url: str) -> tuple[int, str]:
    environment = {"MICROBUS_NATS": url, "MICROBUS_PLANE": PLANE}
    with running_process(built_shop() / "main", directory, environment) as process:
        code = process.process.wait(60)
    return code, process.log


def _logged(log: str, message: str, hostname: str) -> bool:
    return any(line["msg"] == message and line["host"] == hostname for line in _lines(log))


def _lines(log: str) -> list[dict[str, str]]:
    """The log's JSON lines; the last one may still be incomplete."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{") and line.endswith("}")]
