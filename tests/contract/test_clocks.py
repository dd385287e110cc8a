"""The operator's clock and the servers' are a minute apart, either way: nobody is refused, who is revoked is out."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from nats.errors import Error

from microbus_operator.nats.permissions import system_user
from microbus_operator.nats.system import SystemConnection

from .clients import connected
from .planes import ChainOfTrust, running_plane
from .waiting import until


@pytest.mark.parametrize("apart", [60, -60])
async def test_clocks_a_minute_apart_let_everybody_in_and_a_revocation_takes_at_once_n15(
    tmp_path: Path, apart: int
) -> None:
    signed_at = int(time.time()) + apart
    chain = ChainOfTrust(start=signed_at)
    with running_plane(tmp_path, 1, chain) as plane:
        url, user = plane.brokers[0].url, chain.user()
        ours = await SystemConnection.connect(
            plane.urls, lambda: system_user(chain.system.public_key, chain.system_signing, signed_at)
        )
        try:
            await until(ours.servers, lambda servers: len(servers) == 1, "the server to answer")
            async with connected(url, user) as client:
                revoked = chain.account_jwt(1, revocations={user.seed.public_key: signed_at + 1})
                plane.publish(revoked, 1)
                assert (await ours.push(chain.account.public_key, revoked)).is_confirmed
                await asyncio.wait_for(client.closed.wait(), 5)
            with pytest.raises(Error):
                async with connected(url, user):
                    pass
            async with connected(url, chain.user(iat=1)) as other:
                assert not await other.is_refused("t.x")
        finally:
            await ours.close()
