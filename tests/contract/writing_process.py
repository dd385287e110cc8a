"""A process that writes into a state folder for as long as it lives, and says what is done. It is killed at any moment.

Each line on its output names an object, its number and resourceVersion, once the store has said that it is written.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from microbus_operator.local.store import Store

OBJECTS = 5
AT_ONCE = 3
PASSING = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "passing", "namespace": "default"}}


async def write(root: Path, start: int) -> None:
    """Write numbers that grow, several objects at once; beside them one is made and deleted in each round."""
    async with await Store.open(root) as store:
        print("open", flush=True)

        async def put(name: str, number: int) -> None:
            meta = {"name": name, "namespace": "default"}
            # Much longer than a page, so that a torn file would show.
            data = {"number": str(number), "long": f"{number} " * 4000}
            made = await store.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data})
            print(f"{name} {number} {made['metadata']['resourceVersion']}", flush=True)

        for number in count(start):
            names = [f"object-{(number + offset) % OBJECTS}" for offset in range(AT_ONCE)]
            await asyncio.gather(*(put(name, number) for name in names), store.apply(PASSING))
            await store.delete("ConfigMap", "default", "passing")


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
