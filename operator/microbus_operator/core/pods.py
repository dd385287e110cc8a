"""What every pod that we make has in common: Pod Security `restricted`, and more."""

from __future__ import annotations

from typing import Any

NON_ROOT = 65532


def pod_security(group: int = NON_ROOT) -> dict[str, Any]:
    """A pod's security context: non-root, and files of volumes readable by its group."""
    return {
        "runAsNonRoot": True,
        "runAsUser": NON_ROOT,
        "runAsGroup": NON_ROOT,
        "fsGroup": group,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> dict[str, Any]:
    """A container's security context: no root, no capability, no escalation, nothing to write on its own disk.

    It repeats `runAsNonRoot`, since a container's own word (a user's template) goes before its pod's.
    """
    return {
        "privileged": False,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
