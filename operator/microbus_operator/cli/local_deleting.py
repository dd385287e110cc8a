"""`microbus-operator local delete`: an app or a Plane goes as it goes on a cluster, its credentials dead at the end."""

from __future__ import annotations

import argparse
import asyncio

from microbus_operator.cli.issued import only_namespace
from microbus_operator.cli.status import KINDS
from microbus_operator.kube.errors import ApiUnavailable
from microbus_operator.local.runtime.control import Control
from microbus_operator.local.runtime.errors import Unusable
from microbus_operator.local.store import Store

_KINDS = {"app": "MicrobusApp", "plane": "Plane"}
_GONE_WITHIN = 60.0
_ASKS_EVERY = 0.1


def add_to(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], state: argparse.ArgumentParser, epilog: str
) -> None:
    """The verb, and what it deletes."""
    delete = verbs.add_parser("delete", parents=[state], help="delete an app or a Plane", epilog=epilog)
    delete.add_argument("kind", choices=sorted(KINDS), metavar="app|plane", help="what it is")
    delete.add_argument("name", help="its name")
    delete.add_argument("-n", "--namespace", help="its namespace; the only one with an app where left out")


async def delete(options: argparse.Namespace) -> int:
    """Have the one that runs delete it, and wait until it is gone: until brokers let its credentials in no more."""
    kind, name = _KINDS[KINDS[options.kind]], options.name
    control = await Control.connect(options.state / "run")
    if control is None:
        raise Unusable(
            f"nothing runs in {options.state}, and brokers have to be told of it; start `microbus-operator local up`"
        )
    async with await Store.look_into(options.state) as store:
        namespace = options.namespace or await only_namespace(store)
        if not await _is_there(store, kind, namespace, name):
            raise Unusable(f"there is no {kind} {namespace}/{name}; see `microbus-operator local status`")
        await control.ask("delete", kind=kind, namespace=namespace, name=name)
        try:
            async with asyncio.timeout(_GONE_WITHIN):
                while True:
                    if not await _is_there(store, kind, namespace, name):
                        break
                    await asyncio.sleep(_ASKS_EVERY)
        except TimeoutError:
            raise Unusable(
                f"{kind} {namespace}/{name} is still being deleted; `microbus-operator local status` tells why"
            ) from None
    print(f"{kind} {namespace}/{name} deleted")
    return 0


async def _is_there(store: Store, kind: str, namespace: str, name: str) -> bool:
    """Whether it exists; one whose file is just being written does."""
    try:
        return await store.get(kind, namespace, name) is not None
    except ApiUnavailable:
        return True
