"""The operator's replicas on the test cluster: which of them works, and how one ends without a goodbye."""

from __future__ import annotations

import subprocess

from .kind import Cluster
from .shop import SYSTEM

LEASE = ("lease/microbus-operator", "-n", SYSTEM)
NODE = "microbus-control-plane"
"""The node's container, as e2e/cluster/settings.sh has it."""
LEADS = "this operator is the one that works"
"""What a replica logs once it holds the Lease (handlers/leading.py)."""
OPERATORS = ("-n", SYSTEM, "-l", "app.kubernetes.io/component=operator")


def holder(cluster: Cluster) -> str:
    """The pod that holds the Lease, as far as the Lease tells; empty where none does."""
    identity = cluster.kubectl.get(*LEASE).get("spec", {}).get("holderIdentity", "")
    return str(identity).rpartition("_")[0]


def working(cluster: Cluster) -> str:
    """The same, if it does work: one that crashed holds the Lease for its time, and is a standby when it is back."""
    pod = holder(cluster)
    return pod if pod and LEADS in cluster.kubectl("logs", pod, "-n", SYSTEM) else ""


def replicas(cluster: Cluster) -> set[str]:
    """The operator's pods."""
    return {item["metadata"]["name"] for item in cluster.kubectl.get("pods", *OPERATORS)["items"]}


def log_of_holder(cluster: Cluster) -> str:
    """What the one that works has logged. Raises `KubectlFailed` where that has just gone."""
    return cluster.kubectl("logs", holder(cluster), "-n", SYSTEM)


def crash(pod: str) -> bool:
    """SIGKILL to all processes of a pod, from its node, as the kernel does it when memory runs out: no goodbye.

    kubelet starts the container again, in the same pod. False where it had no process just then.
    """
    if not pod:
        return False
    script = (
        "killed=1; for each in /proc/[0-9]*; do "
        "if tr '\\0' '\\n' < $each/environ 2>/dev/null | grep -qx \"HOSTNAME=$0\"; "
        "then kill -9 ${each#/proc/} && killed=0; fi; done; exit $killed"
    )
    done = subprocess.run(
        ["docker", "exec", NODE, "sh", "-c", script, pod], capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode == 0
