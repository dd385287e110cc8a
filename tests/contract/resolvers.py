"""The account resolver as a process of its own, as in a pod: serving a folder, or ConfigMaps."""

from __future__ import annotations

import http.client
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from microbus_operator.kube.errors import KubeError

from .processes import FollowedProcess, following

STARTED_WITHIN = 20.0
PROGRAM = "from microbus_operator.resolver.main import main; raise SystemExit(main())"


class Resolver(FollowedProcess):
    """A running resolver."""

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        found = re.search(r"listening on 127\.0\.0\.1 port (\d+)", self.log)
        assert found is not None
        return int(found.group(1))

    @property
    def url(self) -> str:
        """What nats-server is configured with."""
        return f"http://127.0.0.1:{self.port}/jwt/v1/accounts/"

    def answers(self, path: str) -> tuple[int, str]:
        """Status and body of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def account(self, public_key: str) -> tuple[int, str]:
        """What nats-server gets for an account."""
        return self.answers(f"/jwt/v1/accounts/{public_key}")

    def wait_until_read(self) -> None:
        """Wait until every source has been read once."""
        self.wait_for(lambda log: "every source has been read" in log, STARTED_WITHIN, "source read")

    def wait_until_served(self, account: str, issued_at: int) -> None:
        """Wait until the JWT of that `iat` is served."""
        said = f"account {account} of iat {issued_at} is served"
        self.wait_for(lambda log: said in log, STARTED_WITHIN, said)

    def wait_until_said(self, text: str) -> None:
        """Wait for a text in the log."""
        self.wait_for(lambda log: text in log, STARTED_WITHIN, text)


@contextmanager
def running_resolver(
    directory: Path, *arguments: str, port: int = 0, variables: Mapping[str, str] | None = None
) -> Iterator[Resolver]:
    """Run the resolver on a free loopback port, or on `port`, until the block ends."""
    listen = ["--address", "127.0.0.1", "--port", str(port), "--drain", "0"]
    command = [sys.executable, "-c", PROGRAM, *listen, *arguments]
    with following(Resolver, command, directory, variables) as resolver:
        resolver.wait_for(lambda log: "listening on" in log, STARTED_WITHIN, "listening")
        yield resolver


def unexpected(_: str, error: Exception | None) -> None:
    """For `watch` of a store: what nothing expects ends the test; a file that cannot be read yet is waited for."""
    if error is not None and not isinstance(error, KubeError):
        raise error
