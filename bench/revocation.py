"""From `local apply` of a revocation to the end of the last of many connections by that key, on three servers.

The key was never issued: it is signed with the app's own signing key, as a thief would. Seconds are by the clock, the
start of the command included.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from bench.starts import started

from gencreds.nats.claims import UserClaims
from gencreds.nats.jwt import encode
from gencreds.nats.nkeys import KeyKind, Seed


def seconds_of_revocations(
    command: Sequence[str], state: Path, example: Path, *, connections: int, rounds: int
) -> list[float]:
    """Seconds of each of `rounds` revocations, sorted. `example` has `deploy/plane.yaml` and `deploy/app.yaml`."""
    plane, app = (yaml.safe_load((example / "deploy" / name).read_text()) for name in ("plane.yaml", "app.yaml"))
    plane["spec"]["nats"]["replicas"] = 3
    app["spec"]["revocations"] = []
    file = state.with_suffix(".yaml")
    file.write_text(yaml.safe_dump_all([plane, app]))
    up = [*command, "up", "--stand-in", "-f", str(file), "--source", str(example)]
    taken = []
    with started(up, state):
        for _ in range(rounds):
            user = Seed.create(KeyKind.USER)
            crowd = _Crowd(user, _signed(user, state), _urls(state))
            app["spec"]["revocations"].append({"publicKey": user.public_key})
            file.write_text(yaml.safe_dump_all([plane, app]))
            apply = [*command, "apply", "-f", str(file), "--state", str(state)]
            taken.append(asyncio.run(crowd.seconds_to_the_end(connections, apply)))
    return sorted(taken)


def _object(state: Path, kind: str, name: str) -> dict[str, Any]:
    (file,) = (state / "objects" / kind / "microbus-system").glob(name)
    found: dict[str, Any] = yaml.safe_load(file.read_text())
    return found


def _urls(state: Path) -> list[str]:
    url: str = _object(state, "Plane", "prod.yaml")["status"]["url"]
    return url.split(",")


def _signed(user: Seed, state: Path) -> str:
    signer = Seed.parse(base64.b64decode(_object(state, "Secret", "*-app-*.yaml")["data"]["seed"]), KeyKind.ACCOUNT)
    account = _object(state, "Plane", "prod.yaml")["status"]["accountPublicKey"]
    claims = UserClaims(
        subject=user.public_key, name="crowd", issuer_account=account, pub_allow=("a",), sub_allow=("a",), expires=None
    )
    return encode(claims, signer, issued_at=int(time.time()))


class _Crowd:
    """Connections that speak as much of NATS' protocol as it takes to be let in and to stay."""

    def __init__(self, user: Seed, jwt: str, urls: list[str]) -> None:
        self._user, self._jwt, self._urls = user, jwt, urls

    async def seconds_to_the_end(self, connections: int, apply: list[str]) -> float:
        """Open all, run `apply`, and return the seconds until the last one is closed."""
        arrived = [asyncio.Event() for _ in range(connections)]
        ends = [
            asyncio.create_task(self._connection(self._urls[number % len(self._urls)], event))
            for number, event in enumerate(arrived)
        ]
        await asyncio.gather(*(event.wait() for event in arrived))
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(*apply, stdout=subprocess.DEVNULL)
        ended = await asyncio.gather(*ends)
        if await process.wait() != 0:
            raise RuntimeError(f"{' '.join(apply)} ended with {process.returncode}")
        return max(ended) - begun

    async def _connection(self, url: str, arrived: asyncio.Event) -> float:
        host, _, port = url.removeprefix("nats://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        greeting = json.loads((await reader.readline())[len("INFO ") :])
        signature = base64.urlsafe_b64encode(self._user.sign(greeting["nonce"].encode())).decode().rstrip("=")
        hello = {"verbose": False, "pedantic": False, "lang": "python", "version": "0", "protocol": 1, "name": "crowd"}
        hello |= {"jwt": self._jwt, "sig": signature}
        writer.write(f"CONNECT {json.dumps(hello)}\r\nPING\r\n".encode())
        with contextlib.suppress(ConnectionResetError):
            while line := await reader.readline():
                if line.startswith(b"PONG"):
                    arrived.set()
                elif line.startswith(b"PING"):
                    writer.write(b"PONG\r\n")
        writer.close()
        if not arrived.is_set():
            raise RuntimeError(f"{url} does not let the crowd in")
        return time.monotonic()
