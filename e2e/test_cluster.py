"""The cluster itself: what the stories take for granted."""

from pathlib import Path

import pytest

from .conftest import Cluster, run_script
from .waiting import NotReached, wait_until

ASK_REGISTRY = """
import urllib.request
print(urllib.request.urlopen("http://registry.microbus.test:5000/v2/_catalog", timeout=5).read().decode())
"""


@pytest.mark.e2e
def test_kubelet_pulls_by_digest_and_a_pod_reaches_the_registry_by_the_same_name(cluster: Cluster) -> None:
    image = cluster.image("microbus-operator")
    assert "@sha256:" in image
    python = "/opt/microbus-operator/bin/python"
    container = {
        "name": "ask",
        "image": image,
        "command": [python, "-I", "-c", ASK_REGISTRY],
        "imagePullPolicy": "Always",
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "ask"},
        "spec": {"restartPolicy": "Never", "containers": [container]},
    }
    with cluster.kubectl.namespace("registry-story") as namespace:
        cluster.kubectl.apply(pod, namespace=namespace)
        wait_until(
            lambda: cluster.kubectl.get("pod", "ask", "-n", namespace)["status"],
            "the pod to have asked the registry",
            timeout=60,
            accept=lambda status: status["phase"] == "Succeeded",
        )
        assert '"microbus-operator"' in cluster.kubectl("logs", "ask", "-n", namespace)
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
