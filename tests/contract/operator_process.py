"""`microbus-operator run` as a process of a test, with a Lease that is shorter than it is in earnest.

`python -m tests.contract.operator_process NAMESPACE LIVENESS-URL`; everything else is as the command line has it.
"""

from __future__ import annotations

import asyncio
import logging
import sys

from microbus_operator.cli.main import until_told
from microbus_operator.core.lease import Durations
from microbus_operator.core.settings import Settings
from microbus_operator.handlers.run import LeaseOptions, Options
from microbus_operator.source.settings import SourceSettings

NAME = "microbus-operator"
# Time enough for a renewal on a busy machine, and little to wait for.
SHORT = Durations(lease=3.0, deadline=1.8, renew=0.3, look=0.1, pause=0.1, answer=0.8, write=1.0)


LEADS = "this operator is the one that works"


def main(namespace: str, liveness: str) -> int:
    """The exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    options = Options(
        settings=Settings(resolver_url="http://127.0.0.1:1/jwt/v1/accounts/"),
        sources=SourceSettings(),
        namespaces=(namespace,),
        resolver_pods="127.0.0.1:1",
        liveness=liveness,
        lease=LeaseOptions(namespace, NAME, SHORT),
    )
    return asyncio.run(until_told(options))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
