"""The cluster that the end-to-end stories, the demo and the bench run on, brought up by e2e/cluster/up."""

import fcntl
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .kubectl import Kubectl

SCRIPTS = Path(__file__).parent / "cluster"
COLD_START = 45 * 60
"""Seconds that a cluster may take on a machine that has nothing of it yet."""


class ScriptFailed(AssertionError):
    """A script of e2e/cluster ended with an error; the message is its progress."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster with the project's images in its registry. `cache` is the folder of all that was built."""

    cache: Path
    kubectl: Kubectl

    @property
    def kubeconfig(self) -> Path:
        return self.kubectl.kubeconfig

    @property
    def registry_push(self) -> str:
        """The registry as this machine reaches it, as e2e/cluster/settings.sh has it."""
        return f"127.0.0.1:{os.environ.get('MICROBUS_REGISTRY_PORT', '5001')}"

    def tool(self, name: str) -> Path:
        """A program of the cache folder: kubectl, helm, kind, registry, …"""
        return self.cache / "bin" / name

    def image(self, name: str) -> str:
        """The reference by digest of an image that is in the registry, such as `microbus-operator` or `shop/main`."""
        return (self.cache / "images" / name).read_text().strip()

    def build_app(self, name: str, folder: Path, package: str) -> str:
        """Builds a bundle from a Go module's main package, pushes it as `name`, and returns its reference by digest."""
        return run_script("app-image", name, str(folder), package, timeout=300).strip()


def run_script(name: str, *arguments: str, timeout: float) -> str:
    """The output of a script of e2e/cluster; Raises ScriptFailed. `timeout` is in seconds."""
    command = [str(SCRIPTS / name), *arguments]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False
    )
    if done.returncode != 0:
        raise ScriptFailed(f"e2e/cluster/{name} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def cache_folder() -> Path:
    """As e2e/cluster/settings.sh has it."""
    named = os.environ.get("MICROBUS_CACHE")
    return (
        Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "microbus-operator"
    )


def connected() -> Cluster:
    """The kind cluster, healthy, with registry and images, for this process alone; what is there is used as it is."""
    run_script("up", timeout=COLD_START)
    cache = cache_folder()
    lock = os.open(cache / "stories.lock", os.O_CREAT | os.O_RDWR, 0o600)
    # Held until this process ends: there is one cluster, and a second run of stories, demo or bench waits.
    fcntl.flock(lock, fcntl.LOCK_EX)
    return Cluster(cache, Kubectl(cache / "bin" / "kubectl", cache / "kubeconfig"))
