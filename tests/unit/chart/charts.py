"""The chart as Helm renders it, and as values that tests can ask."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[3]
CHART = REPOSITORY / "charts" / "microbus-operator"
IMAGE = ["--set", "image.repository=registry.example/microbus-operator"]
NAMESPACE = "microbus-system"

Manifest = dict[str, Any]


class HelmRefused(Exception):
    """Helm would not render; the text is what it said."""


def helm() -> str:
    """Helm's program: $HELM, the cache's, or the PATH's."""
    cache = Path(os.environ.get("MICROBUS_CACHE", Path.home() / ".cache" / "microbus-operator"))
    named = os.environ.get("HELM")
    found = named or shutil.which("helm", path=str(cache / "bin")) or shutil.which("helm")
    if found is None:
        raise FileNotFoundError(
            f"no helm in {cache}/bin or on the PATH: run `e2e/cluster/tools`, which builds it, or set HELM"
        )
    return found


@dataclass(frozen=True)
class Rendered:
    """Everything that a release would create, hooks included."""

    objects: tuple[Manifest, ...]

    def of(self, *kinds: str) -> list[Manifest]:
        """Objects of these kinds."""
        return [item for item in self.objects if item["kind"] in kinds]

    def one(self, kind: str, name: str) -> Manifest:
        """The one object of that kind and name."""
        (found,) = [item for item in self.of(kind) if item["metadata"]["name"] == name]
        return found

    def rules(self, component: str) -> Iterator[tuple[str, Manifest]]:
        """Each rule that the ServiceAccount of `component` is bound to, with its scope (`*`: the cluster)."""
        account = f"microbus-operator-{component}"
        for binding in self.of("RoleBinding", "ClusterRoleBinding"):
            if account not in [subject["name"] for subject in binding["subjects"]]:
                continue
            scope = binding["metadata"].get("namespace", "*")
            (role,) = [
                role
                for role in self.of(binding["roleRef"]["kind"])
                if role["metadata"]["name"] == binding["roleRef"]["name"]
                and role["metadata"].get("namespace", "*") == scope
            ]
            for rule in role["rules"]:
                yield scope, rule


def render(*arguments: str, values: Mapping[str, Any] | None = None, release: str = "microbus-operator") -> Rendered:
    """`helm template` with an image, further arguments and `values`. Raises `HelmRefused`. The result is shared."""
    return _rendered(release, arguments, yaml.safe_dump(dict(values or {})))


@cache
def _rendered(release: str, arguments: tuple[str, ...], values: str) -> Rendered:
    command = [helm(), "template", release, str(CHART), "-n", NAMESPACE, "--kube-version", "1.34.0", *IMAGE, "-f", "-"]
    done = subprocess.run([*command, *arguments], input=values, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise HelmRefused(done.stderr)
    return Rendered(tuple(item for item in yaml.safe_load_all(done.stdout) if item))
