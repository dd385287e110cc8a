"""`microbus-operator`: run, resolver, local, crds, check."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import yaml

from microbus_operator.api.crds import crds

if TYPE_CHECKING:
    from microbus_operator.handlers.run import Options


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code; 2 for wrong usage, as argparse does."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["resolver"]:
        from microbus_operator.resolver.main import main as resolver

        return resolver(arguments[1:])
    if arguments[:1] == ["check"]:
        from microbus_operator.cli.check import main as check

        return check(arguments[1:])
    if arguments[:1] == ["local"]:
        from microbus_operator.cli.local import main as local

        return local(arguments[1:])
    options = _parser().parse_args(arguments)
    if options.command == "crds":
        yaml.safe_dump_all(crds(), sys.stdout, sort_keys=False, width=120)
        return 0
    return _run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="microbus-operator", description="Secures Microbus planes on Kubernetes.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("crds", help="print the CustomResourceDefinitions")
    commands.add_parser("resolver", help="serve account JWTs to nats-server (see resolver --help)")
    commands.add_parser("check", help="see whether an installation works (see check --help)")
    commands.add_parser("local", help="run planes and apps on this machine (see local --help)")
    run = commands.add_parser("run", help="run the operator")
    run.add_argument("--namespace", action="append", default=[], help="a namespace to watch; may be repeated")
    run.add_argument("--all-namespaces", action="store_true", help="watch every namespace")
    run.add_argument(
        "--resolver-url", required=True, help="what nats-server asks for accounts, ending in /jwt/v1/accounts/"
    )
    run.add_argument("--resolver-pods", required=True, help="host:port whose addresses are the resolver's own pods")
    run.add_argument("--insecure-registry", action="append", default=[], help="host:port of a registry without TLS")
    run.add_argument(
        "--liveness", default=None, help="http://address:port/path of the liveness endpoint; /readyz is beside it"
    )
    run.add_argument(
        "--lease-namespace",
        default=os.environ.get("POD_NAMESPACE"),
        help="where the Lease is by which one of several operators is active (by default $POD_NAMESPACE, else that of "
        "the service account or of the kubeconfig's context)",
    )
    run.add_argument("--lease-name", default="microbus-operator", help="its name; one for each installation")
    run.add_argument(
        "--log-level", default=os.environ.get("LOG_LEVEL", "INFO"), choices=["DEBUG", "INFO", "WARNING", "ERROR"]
    )
    return parser


def _run(options: argparse.Namespace) -> int:
    from microbus_operator.core.settings import Settings
    from microbus_operator.handlers.run import LeaseOptions, Options
    from microbus_operator.kube.kubeconfig import ConfigException, current_namespace
    from microbus_operator.source.settings import SourceSettings

    if options.all_namespaces == bool(options.namespace):
        print("microbus-operator: give --namespace (once or more) or --all-namespaces, one of the two", file=sys.stderr)
        return 2
    try:
        lease_namespace = options.lease_namespace or current_namespace(None, None)
    except ConfigException as error:
        print(f"microbus-operator: no cluster to run on: {error}; set KUBECONFIG", file=sys.stderr)
        return 2
    logging.basicConfig(level=options.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return asyncio.run(
        until_told(
            Options(
                settings=Settings(resolver_url=options.resolver_url),
                sources=SourceSettings(insecure_registries=frozenset(options.insecure_registry)),
                namespaces=tuple(options.namespace),
                resolver_pods=options.resolver_pods,
                liveness=options.liveness,
                lease=LeaseOptions(lease_namespace, options.lease_name),
            )
        )
    )


async def until_told(options: Options) -> int:
    """Run until a signal: 0. Where the Lease is lost, 1, and whoever started it starts it again."""
    from microbus_operator.handlers.run import run
    from microbus_operator.kube.lease import LeaseLost

    running = asyncio.ensure_future(run(options))
    # For a standby; kopf puts its own in their place once it runs.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    code = 0
    try:
        await running
    except* LeaseLost as lost:
        logging.getLogger(__name__).error("%s; this operator ends", _innermost(lost))
        code = 1
    except* asyncio.CancelledError:
        code = 0
    return code


def _innermost(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


if __name__ == "__main__":
    sys.exit(main())
