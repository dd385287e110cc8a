"""`make local`: the main job without a cluster, shown: the shop up, calls that pass, calls that are refused, an app
deleted and its credentials dead. `show.py` shows the same on a cluster.

Where Go can build it, the shop itself runs, else the built-in stand-in plays it.
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from tests.contract.nats_wire import connected

from gencreds.nats.creds import parse_creds
from microbus_operator.core.names import creds_file
from microbus_operator.local.store import Store

from .attempts import can_connect
from .forbidden import concrete
from .shop import REPOSITORY, SHOP, Service, service_of
from .show import BOLD, GREEN, PLAIN, RED, exercised_at, show_services, step

EXAMPLE = REPOSITORY / "examples/shop"
ENDED_WITHIN = 20


def main() -> int:
    """Show it; 1 where something that must pass does not, or something that must be refused passes."""
    folder = Path(tempfile.mkdtemp(prefix="microbus-local-"))
    try:
        front = free_port()
        write_manifests(folder / "deploy", front)
        step("microbus-operator local up: a store, a resolver, a broker, and the shop's two bundles")
        with running(folder) as is_played:
            everyone, port = asyncio.run(issued(folder / "state"))
            calls = asked(everyone, port) if is_played else exercised_at(f"http://127.0.0.1:{front}")
            well = all(call["ok"] for call in calls)
            well &= show_services(everyone, port)
            step("microbus-operator local delete app shop")
            local(folder, "delete", "app", "shop")
            well &= show_dead(everyone, port)
        print(LOOK_FURTHER)
        return 0 if well else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(folder: Path) -> Iterator[bool]:
    """The example, up until the block ends; whether a stand-in plays it. What it says goes to stderr.

    Raises `SystemExit` where it does not start.
    """
    command = [sys.executable, "-m", "microbus_operator.cli.main", "local", "up", "--state", str(folder / "state")]
    process = subprocess.Popen(
        [*command, "--source", str(EXAMPLE), "-f", str(folder / "deploy")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    is_played = False
    try:
        for line in process.stdout:
            print(f"        {line}", end="", file=sys.stderr, flush=True)
            is_played |= "the built-in stand-in" in line
            if line.startswith("ready in "):
                break
        else:
            raise SystemExit(process.wait(ENDED_WITHIN) or 1)
        step("everything is ready")
        yield is_played
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=ENDED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def local(folder: Path, *arguments: str) -> None:
    """Another of the local mode's commands on the same state folder."""
    command = [
        sys.executable,
        "-m",
        "microbus_operator.cli.main",
        "local",
        *arguments,
        "--state",
        str(folder / "state"),
    ]
    subprocess.run(command, check=True)


def write_manifests(folder: Path, front: int) -> None:
    """The example's manifests, with the HTTP front on a free port, and every call through the broker."""
    shutil.copytree(EXAMPLE / "deploy", folder)
    app: dict[str, Any] = yaml.safe_load((folder / "app.yaml").read_text())
    for bundle in app["spec"]["bundles"]:
        (container,) = bundle["workload"]["template"]["spec"]["containers"]
        container["env"] = [
            {"name": "MICROBUS_SHORT_CIRCUIT", "value": "0"},
            {"name": "SHOP_LISTEN", "value": f"127.0.0.1:{front}"},
        ]
        for port in container.get("ports", ()):
            port["containerPort"] = front
    (folder / "app.yaml").write_text(yaml.safe_dump(app))


async def issued(state: Path) -> tuple[dict[str, Service], int]:
    """The microservices with their credentials, by hostname, and the brokers' port."""
    async with await Store.look_into(state) as store:
        (plane,) = await store.list("Plane", None)
        (app,) = await store.list("MicrobusApp", SHOP)
        found = {}
        for item in app["status"]["services"]:
            hostname = item["hostname"]
            secret = await store.get("Secret", SHOP, item["secretName"])
            assert secret is not None
            found[hostname] = service_of(hostname, base64.b64decode(secret["data"][creds_file(hostname)]).decode())
    return found, int(plane["status"]["url"].rpartition(":")[2])


def asked(everyone: Mapping[str, Service], port: int) -> list[dict[str, object]]:
    """Each call that the code makes, made with the microservice's own credentials; the stand-ins answer."""
    calls: list[dict[str, object]] = []
    print(f"{BOLD}Calls that the code makes, through the broker{PLAIN}")
    for service in everyone.values():
        with connected(port, parse_creds(service.creds)) as wire:
            for subject in map(concrete, service.pub):
                segments = subject.split(".")
                if len(segments) < 8:
                    continue
                inbox = f"{segments[0]}.reply._.*.{segments[3]}.demo"
                request = f"{segments[6]} / HTTP/1.1\r\nMicrobus-From-Id: demo\r\nMicrobus-Msg-Id: 1\r\n\r\n"
                answer = wire.answer_to(subject, inbox, request.encode())
                mark = f"{GREEN}passed{PLAIN}" if answer else f"{RED}failed{PLAIN}"
                name = f"{service.hostname} {segments[6]} {segments[4].replace('_', '.')}/{'/'.join(segments[7:])}"
                print(f"  {name:<60} {mark}")
                calls.append({"name": name, "ok": answer is not None})
    print()
    return calls


def show_dead(everyone: Mapping[str, Service], port: int) -> bool:
    """Every credential of the deleted app, tried once more; true where none is let in."""
    print(f"{BOLD}The credentials of the deleted app, tried again{PLAIN}")
    alive = [service for service in everyone.values() if can_connect(port, service.creds)]
    for service in everyone.values():
        mark = f"{RED}LET IN{PLAIN}" if service in alive else f"{GREEN}dead{PLAIN}"
        print(f"  {service.hostname:<44} {mark}")
    print()
    return not alive


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


LOOK_FURTHER = """To look further, in two shells:
  .venv/bin/microbus-operator local up --source examples/shop -f examples/shop/deploy
  .venv/bin/kubectl-microbus --local .microbus-local explain orders.shop
  .venv/bin/microbus-operator local watch        # then change a call in examples/shop
  .venv/bin/microbus-operator local check --source examples/shop -- COMMAND
"""

if __name__ == "__main__":
    sys.exit(main())
