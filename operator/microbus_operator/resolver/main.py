"""`microbus-operator resolver`: the account resolver as a process of its own, without any key.

Its own Deployment, because brokers must be able to start while the operator, or the API server, is down. On SIGTERM it
says that it is not ready and goes on answering for a while: nats-server asks once, and does not try the other replica.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import ssl
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kubernetes.aio.config import ConfigException

from microbus_operator.resolver.intake import Intake
from microbus_operator.resolver.server import Server, application
from microbus_operator.resolver.source_directory import DirectorySource
from microbus_operator.resolver.source_kubernetes import KubernetesSource, api_client
from microbus_operator.resolver.state import StateDirectory
from microbus_operator.resolver.store import AccountStore

logger = logging.getLogger(__name__)

CERTIFICATE_EVERY = 60.0


@dataclass(frozen=True)
class Arguments:
    """What the resolver is told. `namespaces` with `None` in it watches all of them; times are in seconds."""

    namespaces: tuple[str | None, ...] = ()
    directories: tuple[Path, ...] = ()
    state_directory: Path | None = None
    address: str = "0.0.0.0"  # noqa: S104 - a pod's only address is its own
    port: int = 8080
    certificate: Path | None = None
    key: Path | None = None
    drain: float = 5.0
    log_level: str = "INFO"


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. Returns the exit code; 1 for what cannot work, 2 for wrong usage."""
    args = parsed(argv)
    logging.basicConfig(level=args.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("aiohttp").setLevel(logging.WARNING)
    try:
        asyncio.run(run(args))
    except (OSError, ConfigException) as error:
        print(f"microbus-operator resolver: {error}", file=sys.stderr)
        return 1
    return 0


def parsed(argv: Sequence[str] | None = None) -> Arguments:
    """The command line; exits with 2 for wrong usage, as argparse does."""
    parser = argparse.ArgumentParser(
        prog="microbus-operator resolver", description="Serves account JWTs to nats-server's URL resolver."
    )
    parser.add_argument("--namespace", action="append", default=[], help="a namespace to watch; may be repeated")
    parser.add_argument("--all-namespaces", action="store_true", help="watch every namespace")
    parser.add_argument(
        "--directory", action="append", default=[], type=Path, help="a folder of JWTs to serve; may be repeated"
    )
    parser.add_argument("--state-dir", type=Path, help="where the last known good accounts are kept")
    parser.add_argument("--address", default=Arguments.address, help="the address to listen on")
    parser.add_argument("--port", default=Arguments.port, type=int, help="the port to listen on; 0 takes a free one")
    parser.add_argument("--tls-cert", type=Path, help="PEM certificate to serve with, read again when it is renewed")
    parser.add_argument("--tls-key", type=Path, help="the certificate's key")
    parser.add_argument(
        "--drain", default=Arguments.drain, type=float, help="seconds to answer on after SIGTERM, not ready any more"
    )
    parser.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    options = parser.parse_args(argv)
    if options.all_namespaces and options.namespace:
        parser.error("give --namespace or --all-namespaces, not both")
    if not (options.all_namespaces or options.namespace or options.directory):
        parser.error("there is nothing to serve; give --namespace, --all-namespaces or --directory")
    if (options.tls_cert is None) != (options.tls_key is None):
        parser.error("--tls-cert and --tls-key go together")
    return Arguments(
        namespaces=(None,) if options.all_namespaces else tuple(options.namespace),
        directories=tuple(options.directory),
        state_directory=options.state_dir,
        address=options.address,
        port=options.port,
        certificate=options.tls_cert,
        key=options.tls_key,
        drain=options.drain,
        log_level=options.log_level,
    )


async def run(args: Arguments, on_listening: Callable[[int], None] | None = None) -> None:
    """Serve until cancelled or told to stop; `on_listening` gets the port once it answers.

    Raises an `ExceptionGroup` of what a source died of, and `OSError` where it cannot listen or use its state.
    """
    stop = asyncio.Event()
    with suppress(NotImplementedError, RuntimeError):  # in a thread that is not the main one signals are not ours
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = AccountStore()
    state = StateDirectory(args.state_directory) if args.state_directory else None
    intake = Intake(store, state, sources=len(args.namespaces) + len(args.directories))
    await intake.restore()
    server = Server(application(store, lambda: intake.is_ready and not stop.is_set()))
    api = await api_client() if args.namespaces else None
    try:
        port = await server.listen(args.address, args.port, tls := _tls(args))
        logger.info("listening on %s port %d", args.address, port)
        if on_listening:
            on_listening(port)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(DirectorySource(path, intake).run()) for path in args.directories]
            if api is not None:
                tasks += [group.create_task(KubernetesSource(api, name, intake).run()) for name in args.namespaces]
            if tls is not None:
                tasks.append(group.create_task(_renewed(tls, args)))
            await stop.wait()
            logger.info("stopping; answering for another %.0f s", args.drain)
            await asyncio.sleep(args.drain)
            for task in tasks:
                task.cancel()
    finally:
        await server.close()
        if api is not None:
            await api.close()  # type: ignore[no-untyped-call]


def _tls(args: Arguments) -> ssl.SSLContext | None:
    if args.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(args.certificate, args.key)
    return context


async def _renewed(context: ssl.SSLContext, args: Arguments) -> None:
    """Load the certificate again and again: connections made from then on get a renewed one."""
    assert args.certificate is not None
    while True:
        await asyncio.sleep(CERTIFICATE_EVERY)
        try:
            context.load_cert_chain(args.certificate, args.key)
        except OSError as error:
            logger.error("the certificate cannot be read again (%s); the former one is served on", error)
