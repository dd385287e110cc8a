"""The example app of `examples/shop` for tests: built once, run as real processes against a broker, asked over HTTP."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .go_programs import cache_directory
from .processes import FollowedProcess, following

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "shop"
FABRIC = ROOT / "e2e" / "fabric"
MAINS = ("main", "signerapp")

STARTED_WITHIN = 30.0
ANSWERED_WITHIN = 60.0

_SERVING = re.compile(r'"Serving HTTP".*"address":"([^"]+)"')
_STARTED = re.compile(r'"msg":"Startup".*?"host":"([^"]+)"')


@dataclass(frozen=True)
class Outcome:
    """What became of one of the calls that the storefront's `/exercise` makes."""

    name: str
    ok: bool
    error: str


@dataclass(frozen=True)
class Shop:
    """The running app: one process of each bundle."""

    processes: Mapping[str, FollowedProcess]

    def exercise(self) -> list[Outcome]:
        """Have every call path of the app used, and return what became of each call."""
        _, text = self.get("/exercise")
        return [Outcome(call["name"], call["ok"], call.get("error", "")) for call in json.loads(text)]

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the body of the storefront's answer."""
        address = _SERVING.search(self.processes["main"].log)
        assert address is not None
        try:
            answer = urllib.request.urlopen(f"http://{address.group(1)}{path}", timeout=ANSWERED_WITHIN)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read().decode()


def built_shop() -> Path:
    """Build the app's bundles (needs `go`) and return the folder that they are in; the same source is built once."""
    files = [
        path
        for folder in (FABRIC, SHOP)
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".go", ".mod", ".sum") and path.is_file()
    ]
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    folder = cache_directory() / "go" / f"shop-{digest.hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    for main in MAINS:
        program = folder / main
        if not program.exists():
            fresh = program.with_suffix(f".{os.getpid()}")
            done = subprocess.run(
                ["go", "build", "-mod=readonly", "-trimpath", "-o", str(fresh), f"./{main}"],
                cwd=SHOP,
                env={**os.environ, "CGO_ENABLED": "0"},
                capture_output=True,
                text=True,
                timeout=600,
            )
            assert done.returncode == 0, f"go build ./{main} in {SHOP} failed:\n{done.stderr[-3000:]}"
            fresh.rename(program)
    return folder


@contextmanager
def running_process(program: Path, directory: Path, environment: Mapping[str, str]) -> Iterator[FollowedProcess]:
    """Run one bundle in `directory` (where it looks for its creds) until the block ends."""
    settings = {"SHOP_LISTEN": "127.0.0.1:0", "MICROBUS_DEPLOYMENT": "LAB", **environment}
    with following(FollowedProcess, [str(program)], directory, settings) as process:
        yield process


@contextmanager
def running_shop(url: str, plane: str, directory: Path) -> Iterator[Shop]:
    """Run the whole app against the broker at `url`, every call over it, with the creds in `directory`."""
    environment = {"MICROBUS_NATS": url, "MICROBUS_PLANE": plane, "MICROBUS_SHORT_CIRCUIT": "0"}
    folder = built_shop()
    with ExitStack() as stack:
        shop = Shop(
            {main: stack.enter_context(running_process(folder / main, directory, environment)) for main in MAINS}
        )
        for main, last in (("signerapp", "signer.shop"), ("main", "storefront.shop")):
            shop.processes[main].wait_for(
                lambda log, last=last: last in _STARTED.findall(log), STARTED_WITHIN, f"startup of {last}"
            )
        yield shop
