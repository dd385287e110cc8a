"""Seeds where none may be: what is searched, and how."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

from .kind import Cluster
from .kubectl import KubectlFailed
from .shop import SHOP, SYSTEM

SEED = re.compile(r"S[OAUNCX][A-Z2-7]{56}")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")


def seeds_in(text: str) -> Iterator[str]:
    """Every seed in a text, raw or base64-encoded at any offset, shortened to what can be told without telling it."""
    for found in SEED.finditer(text):
        yield f"{found[0][:4]}…"
    for blob in BASE64.finditer(text):
        plain = blob[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        for start in range(4):
            piece = plain[start:]
            if len(piece) % 4 == 1:  # no base64 text has that length: its last character belongs to something else
                piece = piece[:-1]
            decoded = base64.b64decode(piece + "=" * (-len(piece) % 4)).decode("latin-1")
            for found in SEED.finditer(decoded):
                yield f"{found[0][:4]}… in base64"


def everything_but_secrets(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Name and text of all that a person with no right to Secrets may read: logs at DEBUG, events, objects."""
    kubectl = cluster.kubectl
    for namespace in (SYSTEM, SHOP):
        yield from logs(cluster, namespace)
        for kind in (
            "events",
            "configmaps",
            "pods",
            "deployments",
            "statefulsets",
            "planes",
            "microbusapps",
            "services",
        ):
            yield f"{kind} in {namespace}", kubectl("get", kind, "-n", namespace, "-o", "yaml", "--show-managed-fields")
        metadata = kubectl("get", "secrets", "-n", namespace, "-o", "jsonpath={range .items[*]}{.metadata}{'\\n'}{end}")
        yield f"metadata of Secrets in {namespace}", metadata


def logs(cluster: Cluster, namespace: str) -> Iterator[tuple[str, str]]:
    """The logs of every container, of its previous life too."""
    for pod in cluster.kubectl.names("pods", "-n", namespace):
        for previous in ((), ("--previous",)):
            try:
                text = cluster.kubectl("logs", pod, "-n", namespace, "--all-containers", *previous, timeout=60)
            except KubectlFailed:
                continue
            yield f"log of {pod} in {namespace}{' before its restart' if previous else ''}", text


def leaks(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Where a seed shows, one line each."""
    return sorted({f"{name}: {seed}" for name, text in texts for seed in seeds_in(text)})
