"""`kubectl microbus`: what people ask of planes and apps, with their own kubeconfig. Shows no seed.

It only reads, but for `rotate`, which writes one field of a spec.

`kubectl` finds it by the name of the console script, `kubectl-microbus`. Each verb has a module beside this one: it
fetches with `kube`, decides what to say in pure functions, and returns text and an exit code. With `--local` the same
verbs ask the state folder of `microbus-operator local`, whether that runs or not.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from microbus_operator.cli.answers import Answer, CannotAnswer, one_line

EPILOG = "Exit codes: 0 done, or yes; 1 an error, or no; 2 wrong usage."


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code; an error is one line on stderr."""
    wanted = parser()
    options = wanted.parse_args(argv)
    if options.local and (options.kubeconfig or options.context):
        wanted.error("--local names a state folder, --kubeconfig and --context a cluster: give one of the two")
    try:
        answer = asyncio.run(_answered(options))
    except CannotAnswer as error:
        print(f"error: {one_line(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    for line in answer.remarks:
        print(one_line(line), file=sys.stderr)
    try:
        print(answer.text, end="" if answer.text.endswith("\n") or not answer.text else "\n", flush=True)
    except BrokenPipeError:
        sys.stderr.close()
    return answer.code


def parser() -> argparse.ArgumentParser:
    """Verbs and flags, spelled as kubectl spells its own."""
    flags = argparse.ArgumentParser(add_help=False)
    _add_whose(flags, argparse.SUPPRESS)
    spread = argparse.ArgumentParser(add_help=False)
    spread.add_argument("-A", "--all-namespaces", action="store_true", help="look in every namespace")
    output = argparse.ArgumentParser(add_help=False)
    output.add_argument("-o", "--output", choices=["json", "wide"], help="another form than the table")

    result = argparse.ArgumentParser(prog="kubectl microbus", description="Ask about Microbus planes.", epilog=EPILOG)
    _add_whose(result, None)
    verbs = result.add_subparsers(dest="verb", required=True, metavar="VERB")

    status = verbs.add_parser(
        "status", parents=[flags, spread, output], help="planes and apps, or one of them in detail", epilog=EPILOG
    )
    status.add_argument(
        "subject", nargs="*", metavar="app|plane NAME", help="such as `app shop`, `app/shop`, `plane prod`"
    )

    explain = verbs.add_parser(
        "explain", parents=[flags, output], help="what a microservice may do, as its credentials say", epilog=EPILOG
    )
    explain.add_argument("service", metavar="SERVICE", help="a hostname, such as orders.example")
    explain.add_argument("nats_subject", nargs="?", metavar="SUBJECT", help="a NATS subject: may it be used, and why?")

    who_can = verbs.add_parser(
        "who-can", parents=[flags, output], help="which microservices may call an endpoint", epilog=EPILOG
    )
    who_can.add_argument("target", metavar="HOST[:PORT]", help="such as payments.example or access.token.core:666")
    who_can.add_argument("method", nargs="?", metavar="METHOD", help="such as POST; any where left out")
    who_can.add_argument("path", nargs="?", metavar="PATH", help="such as /charge; any where left out")
    who_can.add_argument("--plane", help="the Plane's name, where its namespace has several")

    receipt = verbs.add_parser(
        "receipt",
        parents=[flags, output],
        help="the proof that revoked credentials and replaced signing keys are dead",
        epilog=EPILOG,
    )
    receipt.add_argument("subject", metavar="APP|plane/NAME", help="the MicrobusApp's name, or a Plane's")
    receipt.add_argument("of", nargs="?", metavar="SERVICE|KEY", help="only of this microservice or key")

    rotate = verbs.add_parser(
        "rotate", parents=[flags, output], help="have a Plane moved into another account, or see what that takes"
    )
    rotate.add_argument("what", choices=["account"], help="what is replaced")
    rotate.add_argument("plane", metavar="PLANE", help="the Plane's name")
    rotate.add_argument("--dry-run", action="store_true", help="only print what will be touched")

    roots = verbs.add_parser(
        "trust-roots", parents=[flags, output], help="who serves and who may call port 666", epilog=EPILOG
    )
    roots.add_argument("--plane", help="the Plane's name, where its namespace has several")
    return result


def _add_whose(parser: argparse.ArgumentParser, default: str | None) -> None:
    """What is asked, and where in it: understood before the verb and after it, as kubectl's own flags are."""
    space = "the namespace to look in; the kubeconfig's own where left out, a state folder's only one with an app"
    parser.add_argument("-n", "--namespace", default=default, help=space)
    parser.add_argument("--context", default=default, help="the kubeconfig's context to use")
    parser.add_argument("--kubeconfig", default=default, help="the kubeconfig to use")
    parser.add_argument(
        "--local", type=Path, default=default, metavar="DIR", help="the state folder of `microbus-operator local`"
    )


async def _answered(options: argparse.Namespace) -> Answer:
    # Imported late: `--help` and wrong usage need no Kubernetes client, which takes a second to load.
    from microbus_operator.cli import explaining, receipt, rotating, status, who_can
    from microbus_operator.cli.issued import only_namespace
    from microbus_operator.kube.errors import KubeError
    from microbus_operator.kube.kubeconfig import ConfigException, connected, current_namespace
    from microbus_operator.local.store import Store

    verbs = {
        "status": status.answer,
        "explain": explaining.answer,
        "who-can": who_can.answer,
        "receipt": receipt.answer,
        "rotate": rotating.answer,
        "trust-roots": who_can.trust_roots,
    }
    try:
        if options.local is not None:
            async with await Store.look_into(options.local) as cluster:
                namespace = options.namespace or await only_namespace(cluster)
                return await verbs[options.verb](cluster, namespace, options)
        namespace = options.namespace or current_namespace(options.kubeconfig, options.context)
        async with await connected(options.kubeconfig, options.context) as cluster:
            return await verbs[options.verb](cluster, namespace, options)
    except ConfigException as error:
        raise CannotAnswer(f"the kubeconfig cannot be used: {error}") from None
    except KubeError as error:
        raise CannotAnswer(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
