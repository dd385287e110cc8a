"""`kubectl port-forward` as a context: a port of a pod or Service on this machine's loopback."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from .kubectl import Kubectl


@contextmanager
def forwarded(kubectl: Kubectl, namespace: str, target: str, port: int) -> Iterator[int]:
    """The local port. kubectl says which one it took once it listens; the process ends with the context."""
    command = [str(kubectl.program), "--kubeconfig", str(kubectl.kubeconfig), "-n", namespace]
    command += ["port-forward", "--address", "127.0.0.1", target, f":{port}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if found is None:
            raise AssertionError(f"port-forward to {namespace}/{target}: {line.strip() or 'it ended without a word'}")
        yield int(found[1])
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()
