"""One writer: stand by until the Lease is held, let writes through while it is, and end the process when it is lost.

`run.py` does in here whatever may write: it opens nothing to the brokers and starts none of kopf before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from microbus_operator.kube.fence import Fence
from microbus_operator.kube.lease import Lease, LeaseLost

logger = logging.getLogger(__name__)


@asynccontextmanager
async def leading(lease: Lease) -> AsyncIterator[Fence]:
    """Wait for the Lease, then hold it until the block ends, and release it; the block's writes go through the fence.

    Where it is lost, what is under way is broken off, the block is cancelled, and an `ExceptionGroup` with `LeaseLost`
    is raised.
    """
    try:
        await lease.acquire()
        logger.info("this operator is the one that works: %s is its own", lease)
        fence = Fence(lease.may_write)
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(_keep(lease, fence), name=str(lease))
            try:
                yield fence
            finally:
                # Still ours meanwhile: whoever waits for it starts where nothing of this one is under way any more.
                await fence.close()
            keeping.cancel()
    finally:
        if not lease.is_lost:
            await lease.release()


async def _keep(lease: Lease, fence: Fence) -> None:
    try:
        await lease.keep()
    except LeaseLost:
        fence.cut()
        raise
