"""A partition: a pod that some others cannot reach any more, nor it them, although all of them run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .replicas import NODE

# Routes that lead nowhere, within the pod's own network: what is sent gets no answer and no refusal, as in a partition.
SCRIPT = """
address=$1 verb=$2; shift 2
for name in $(ls /var/run/netns); do
  ip -n "$name" -4 -o addr | grep -qF " $address/" || continue
  for other in "$@"; do ip -n "$name" route "$verb" blackhole "$other"; done
  exit 0
done
echo "no pod has the address $address" >&2; exit 1
"""


@contextmanager
def cut_off(address: str, others: Sequence[str]) -> Iterator[None]:
    """Until the block ends the pod with that IP reaches none of `others`, which are IPs of pods too."""
    _routes(address, "add", others)
    try:
        yield
    finally:
        _routes(address, "del", others)


def _routes(address: str, verb: str, others: Sequence[str]) -> None:
    command = ["docker", "exec", NODE, "sh", "-ec", SCRIPT, "routes", address, verb, *others]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
