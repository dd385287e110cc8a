"""kubectl against the test cluster, with a deadline on every call and errors that say what was asked and answered."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .waiting import wait_until

CONTROL_TIMEOUT = 30.0
"""Seconds that one kubectl call may take unless the test says otherwise."""


class KubectlFailed(AssertionError):
    """kubectl ended with an error, or not in time."""


@dataclass(frozen=True)
class Kubectl:
    """Runs the project's own kubectl with the project's own kubeconfig."""

    program: Path
    kubeconfig: Path

    def __call__(self, *arguments: str, stdin: str | None = None, timeout: float = CONTROL_TIMEOUT) -> str:
        """What kubectl prints on stdout. `timeout` is in seconds. Raises KubectlFailed with what it says on stderr."""
        command = [str(self.program), "--kubeconfig", str(self.kubeconfig), *arguments]
        asked = "kubectl " + " ".join(arguments)
        try:
            done = subprocess.run(
                command, input=stdin or "", capture_output=True, text=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired as expired:
            raise KubectlFailed(f"`{asked}` did not end within {timeout:g} s") from expired
        if done.returncode != 0:
            raise KubectlFailed(f"`{asked}` ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def get(self, *arguments: str, timeout: float = CONTROL_TIMEOUT) -> dict[str, Any]:
        """`kubectl get … -o json`, parsed."""
        answer: dict[str, Any] = json.loads(self("get", *arguments, "-o", "json", timeout=timeout))
        return answer

    def apply(self, *manifests: dict[str, Any], namespace: str | None = None) -> None:
        """Applies objects on the server's side."""
        where = ("-n", namespace) if namespace else ()
        documents = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
        self("apply", "--server-side", "--force-conflicts", *where, "-f", "-", stdin=documents)

    def names(self, *arguments: str) -> list[str]:
        """`kubectl get … -o name`, as `kind/name` each."""
        return self("get", *arguments, "-o", "name").split()

    def condition(self, kind: str, name: str, condition: str, namespace: str) -> str:
        """`Status Reason: message` of an object's condition, or a word that says it is absent."""
        found = self.get(kind, name, "-n", namespace).get("status", {}).get("conditions", [])
        for each in found:
            if each["type"] == condition:
                return f"{each['status']} {each.get('reason', '')}: {each.get('message', '')}"
        return f"absent (has {', '.join(each['type'] for each in found) or 'no conditions'})"

    def wait_for_condition(
        self, kind: str, name: str, condition: str, namespace: str, *, status: str = "True", timeout: float = 120
    ) -> str:
        """Waits until the condition has that status; returns it with reason and message. `timeout` is in seconds."""
        return wait_until(
            lambda: self.condition(kind, name, condition, namespace),
            f"{condition}={status} on {kind} {namespace}/{name}",
            timeout,
            accept=lambda seen: seen.startswith(status + " "),
            transient=(KubectlFailed,),
        )

    @contextmanager
    def namespace(self, name: str, labels: dict[str, str] | None = None) -> Iterator[str]:
        """A namespace for one story, removed after it."""
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels or {}}})
        try:
            yield name
        finally:
            self("delete", "namespace", name, "--ignore-not-found", "--timeout=120s", timeout=130)
