"""`microbus-operator check`: whether an installation serves its kinds and accounts. `helm test` runs it in a pod."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence

import aiohttp

from microbus_operator.kube.api_server import ApiServer
from microbus_operator.kube.cluster import Cluster
from microbus_operator.kube.errors import KubeError

PAUSE = 1.0

Probe = Callable[[], Awaitable[str | None]]
"""One look: None if all is well, else what was seen instead."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each thing checked. Returns 0 if all is well, 1 if something is not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="microbus-operator check", description="See whether an installation works.")
    parser.add_argument("--namespace", action="append", default=[], help="a served namespace; may be repeated")
    parser.add_argument("--all-namespaces", action="store_true", help="every namespace is served")
    parser.add_argument("--resolver-url", required=True, help="what nats-server asks for accounts")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds to wait for what is still starting")
    options = parser.parse_args(argv)
    if options.all_namespaces == bool(options.namespace):
        parser.error("give --namespace (once or more) or --all-namespaces, one of the two")
    return asyncio.run(_check(options.namespace or [None], options.resolver_url, options.timeout))


async def _check(namespaces: Sequence[str | None], resolver_url: str, timeout: float) -> int:
    deadline = time.monotonic() + timeout
    async with await ApiServer.connect() as cluster:
        probes = {
            f"{kind} is served in {namespace or 'every namespace'}": _served(cluster, kind, namespace)
            for kind in ("Plane", "MicrobusApp")
            for namespace in namespaces
        }
        probes[f"nats-server would start with the resolver at {resolver_url}"] = _resolver(resolver_url)
        failed = 0
        for what, probe in probes.items():
            seen = await _until(probe, deadline)
            failed += seen is not None
            print(f"ok    {what}" if seen is None else f"FAIL  {what}: {seen}", flush=True)
    return 1 if failed else 0


async def _until(probe: Probe, deadline: float) -> str | None:
    """The last thing seen by `probe`, which is repeated until all is well or `deadline` (monotonic seconds) is past."""
    while True:
        seen = await probe()
        if seen is None or time.monotonic() >= deadline:
            return seen
        await asyncio.sleep(PAUSE)


def _served(cluster: Cluster, kind: str, namespace: str | None) -> Probe:
    async def probe() -> str | None:
        try:
            await cluster.list(kind, namespace)
        except KubeError as error:
            return str(error)
        return None

    return probe


def _resolver(url: str) -> Probe:
    """nats-server gets the base URL when it starts, and exits unless that answers 200 (accounts.go, URLAccResolver)."""

    async def probe() -> str | None:
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1.9)) as session,
                session.get(url) as answer,
            ):
                return None if answer.status == 200 else f"GET answered {answer.status}, and 200 is needed"
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return f"GET got no answer: {type(error).__name__}: {error}"

    return probe


if __name__ == "__main__":
    sys.exit(main())
