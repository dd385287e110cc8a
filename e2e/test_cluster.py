"""The cluster itself: what the stories take for granted."""

from pathlib import Path
from typing import Any

import pytest

from .kind import Cluster, run_script
from .waiting import NotReached, wait_until

ASK_REGISTRY = """
import urllib.request
print(urllib.request.urlopen("http://registry.microbus.test:5000/v2/_catalog", timeout=5).read().decode())
"""

SERVE_NAME = """
import http.server, os
class Name(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.uname().nodename.encode())
http.server.HTTPServer(("", 8000), Name).serve_forever()
"""

ASK_NAMES = """
import urllib.request
names = set()
while len(names) < 2:
    names.add(urllib.request.urlopen("http://names:8000", timeout=5).read().decode())
print(*sorted(names))
"""


def python_pod(cluster: Cluster, name: str, script: str, labels: dict[str, str] | None = None) -> dict[str, Any]:
    """A pod that runs a script with the operator image's Python."""
    container = {
        "name": "python",
        "image": cluster.image("microbus-operator"),
        "command": ["/opt/microbus-operator/bin/python", "-I", "-c", script],
        "imagePullPolicy": "Always",
    }
    spec = {"restartPolicy": "OnFailure", "terminationGracePeriodSeconds": 0, "containers": [container]}
    metadata = {"name": name, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def output_of(cluster: Cluster, pod: str, namespace: str) -> str:
    """What a pod has printed when it has succeeded."""
    wait_until(
        lambda: cluster.kubectl.get("pod", pod, "-n", namespace)["status"],
        f"the pod {pod} to succeed",
        timeout=60,
        accept=lambda status: status["phase"] == "Succeeded",
    )
    return cluster.kubectl("logs", pod, "-n", namespace)


@pytest.mark.e2e
def test_a_service_is_balanced_between_its_pods(cluster: Cluster) -> None:
    labels = {"app": "names"}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "names"},
        "spec": {"selector": labels, "ports": [{"port": 8000}]},
    }
    servers = [python_pod(cluster, name, SERVE_NAME, labels) for name in ("one", "two")]
    with cluster.kubectl.namespace("service-story") as namespace:
        cluster.kubectl.apply(service, *servers, python_pod(cluster, "ask", ASK_NAMES), namespace=namespace)
        assert output_of(cluster, "ask", namespace).split() == ["one", "two"]


@pytest.mark.e2e
def test_kubelet_pulls_by_digest_and_a_pod_reaches_the_registry_by_the_same_name(cluster: Cluster) -> None:
    image = cluster.image("microbus-operator")
    assert "@sha256:" in image
    with cluster.kubectl.namespace("registry-story") as namespace:
        cluster.kubectl.apply(python_pod(cluster, "ask", ASK_REGISTRY), namespace=namespace)
        assert '"microbus-operator"' in output_of(cluster, "ask", namespace)
        status = cluster.kubectl.get("pod", "ask", "-n", namespace)["status"]
        assert status["containerStatuses"][0]["imageID"].endswith(image.partition("@")[2])


@pytest.mark.e2e
def test_a_healthy_cluster_is_used_as_it_is(cluster: Cluster) -> None:
    before = cluster.kubectl.get("namespace", "kube-system")["metadata"]["uid"]
    run_script("up", "--bare", timeout=300)
    assert cluster.kubectl.get("namespace", "kube-system")["metadata"]["uid"] == before


def test_waiting_says_what_was_seen_last() -> None:
    with pytest.raises(NotReached, match=r"waited 0.05 s for the impossible; last seen: 41"):
        wait_until(lambda: 41, "the impossible", timeout=0.05, accept=lambda seen: seen == 42, every=0.01)


def test_waiting_takes_a_transient_error_as_not_yet(tmp_path: Path) -> None:
    target = tmp_path / "late"
    answers = iter([None, None, "here"])

    def observe() -> str:
        text = next(answers)
        if text:
            target.write_text(text)
        return target.read_text()

    assert wait_until(observe, "the file", timeout=5, every=0.01, transient=(FileNotFoundError,)) == "here"
